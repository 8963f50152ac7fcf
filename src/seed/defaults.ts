/** What development mode makes on its first start, so that a clone can be used at once. */

export const defaultClientId = 'client_test_default';
export const defaultEnvironmentName = 'Development';
export const defaultOrganization = { name: 'Test Organization', domain: 'example.com' };

/** Where the sample application listens. */
export const sampleRedirectUri = 'http://localhost:3000/callback';
