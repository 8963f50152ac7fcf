/**
 * Monitoring: is it up, what does it do, what failed.
 *
 * Owns: no table; reads the job queue through the platform.
 * Emits: nothing.
 * Invariants: health answers without a key and tells nothing about the data; the job list needs an install key.
 */
export { type MonitoringDeps, monitoringOperations } from './routes.ts';
