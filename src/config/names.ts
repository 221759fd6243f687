/** `streamHoldMs` as the environment writes it: `STREAM_HOLD_MS`. */
export const variableName = (setting: string): string =>
  setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

/** `streamHoldMs` as the command line writes it: `stream-hold-ms`. */
export const flagName = (setting: string): string =>
  variableName(setting).toLowerCase().replaceAll("_", "-");
