/** A certificate for 127.0.0.1, made by the openssl program for this run. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";

let folder: string | undefined;

/** The file that a client must trust. */
export function testCertificate(): string {
  if (!folder) {
    folder = mkdtempSync(join(tmpdir(), "muster-test-tls-"));
    execFileSync("openssl", [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
      "-days", "2", "-subj", "/CN=relay.test", "-addext", "subjectAltName=IP:127.0.0.1",
      "-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem"),
    ], { stdio: "ignore" });
  }
  return join(folder, "cert.pem");
}

export function testContext(): SecureContext {
  const cert = testCertificate();
  return createSecureContext({
    cert: readFileSync(cert),
    key: readFileSync(cert.replace("cert.pem", "key.pem")),
  });
}
