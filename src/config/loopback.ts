/** All of 127.0.0.0/8 is loopback (RFC 1122 §3.2.1.3). */
const LOOPBACK_V4 = /^127(\.\d{1,3}){3}$/;

/** Whether a name or an address can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || LOOPBACK_V4.test(host);
}
