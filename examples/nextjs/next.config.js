/** This folder stands alone, whatever lockfiles lie above it. */
const config = { turbopack: { root: import.meta.dirname } };

export default config;
