import { hostname } from 'node:os';

/** Names this process to people who look at attempts: `host:pid`. */
export const processName = (): string => `${hostname()}:${process.pid}`;
