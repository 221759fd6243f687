/**
 * Why an exchange is given up before its end: the reason with which its signal is aborted. Any
 * other reason means that the client left.
 */
export const SHUTDOWN = Symbol("shutdown");
export const UPSTREAM_TIMEOUT = Symbol("upstream-timeout");
/** The client does not read, and its memory is needed. */
export const CLIENT_STALLED = Symbol("client-stalled");
