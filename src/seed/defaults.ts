/** What development mode makes on its first start, so that a clone can be used at once. */

export const defaultClientId = 'client_test_default';
export const defaultEnvironmentName = 'Development';
export const defaultOrganization = { name: 'Test Organization', domain: 'example.com' };

/** Where the sample application listens: at the first of these that is free. Applications of one's own begin there, too. */
export const samplePorts = Array.from({ length: 10 }, (_, index) => 3_000 + index);
export const sampleOriginAt = (port: number): string => `http://localhost:${port}`;
export const defaultSampleOrigin = sampleOriginAt(3_000);

/** The pages of a sample application that Doorwright leads to. */
export const samplePages = (origin: string) => ({
  redirectUri: `${origin}/callback`,
  home: `${origin}/`,
  signIn: `${origin}/login`,
  signUp: `${origin}/sign-up`,
});
