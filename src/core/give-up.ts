/**
 * Why an exchange is given up before its end: the reason with which its signal is aborted. Any
 * other reason means that the client left.
 */
export const SHUTDOWN = Symbol("shutdown");
export const UPSTREAM_TIMEOUT = Symbol("upstream-timeout");
