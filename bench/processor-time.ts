import { readFileSync } from "node:fs";

/** In which the kernel counts processor time (`getconf CLK_TCK`). */
const TICK_MS = 10;

/**
 * The processor time that a process has used so far, user and system, all threads, in milliseconds.
 * From `/proc/PID/stat` (proc(5)): the kernel scales both times to what was really used.
 */
export function readCpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The command's name, in parentheses, may hold spaces. Behind it the fields count from 3.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[14 - 3]) + Number(fields[15 - 3])) * TICK_MS;
}
