/** The media type of a body: some clients send the same one twice, which `Headers` joins. */
export function contentTypeOf(headers: Headers): string | null {
  const given = headers.get("content-type");
  if (given === null || !given.includes(",")) return given;
  const types = given.split(",").map((type) => type.trim());
  const [first = "", ...others] = types;
  return others.every((type) => mediaType(type) === mediaType(first)) ? first : given;
}

/** Whether a media type is JSON's, whatever its parameters. */
export function isJson(contentType: string | null): boolean {
  return contentType !== null && mediaType(contentType) === "application/json";
}

/** A media type without its parameters, which no list of several is. */
function mediaType(contentType: string): string {
  const [type = ""] = contentType.split(";", 1);
  return contentType.includes(",") ? "" : type.trim().toLowerCase();
}
