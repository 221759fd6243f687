/** What listening gives; where it throws, the error names the settings. */
export function explainAddress<T>(host: string, port: number, listen: () => T): T {
  try {
    return listen();
  } catch (error) {
    // For a name that nobody knows, the system's own words are "inappropriate ioctl for device".
    if (error instanceof Error) {
      error.message = `HOST is "${host}" and PORT is ${port}: nothing can listen there (${error.message})`;
    }
    throw error;
  }
}
