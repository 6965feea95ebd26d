/** Where the repository has the certificate of a module: by the digest of the module's bytes. */
export function certificatePath(sha256: string): string {
	return `certificates/${sha256}.json`;
}
