import { generate } from "selfsigned";

/** A key and a certificate for 127.0.0.1, as PEM texts, made anew. */
export interface Certificate {
  key: string;
  cert: string;
}

/** Makes a certificate that is its own authority, so that clients need one file. */
export async function createCertificate(): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: "commonName", value: "127.0.0.1" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
    ],
  });
  return { key, cert };
}
