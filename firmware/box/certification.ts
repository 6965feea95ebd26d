/** Lets only certified modules start, where the box was made to demand it. */

import { checkCertificate, mostCertificateBytes } from '../../runtime/module/certificate.ts';
import { CertificateError } from '../../runtime/module/certificate-error.ts';
import type { CertificationConfig } from '../config.ts';
import { certificatePath } from '../update/certificate-path.ts';
import type { Downloads } from '../update/download.ts';
import type { Target } from '../update/target-view.ts';
import type { Trust } from '../update/trust.ts';

export interface CertificationOptions {
	/** Undefined where no certificate is demanded. */
	readonly config: CertificationConfig | undefined;
	/** Refreshed by whoever looked the module up. */
	readonly trust: Pick<Trust, 'target'>;
	readonly downloads: Pick<Downloads, 'fetch'>;
}

export class Certification {
	readonly #options: CertificationOptions;

	constructor(options: CertificationOptions) {
		this.#options = options;
	}

	/** Resolves where the module may start. Errors: `not-certified`, those of `Downloads.fetch`. */
	async check({ path, sha256 }: Pick<Target, 'path' | 'sha256'>, signal?: AbortSignal): Promise<void> {
		const { config, trust, downloads } = this.#options;
		if (config?.required !== true) return;
		const target = trust.target(certificatePath(sha256));
		if (target === undefined)
			throw new CertificateError(
				'not-certified',
				`the repository has no certificate for ${path} (${sha256})`,
			);
		if (target.length > mostCertificateBytes)
			throw new CertificateError('not-certified', `${target.path}: ${target.length} bytes are too many`);
		await downloads.fetch({ target, ...(signal && { signal }) }, async (bytes) => {
			await checkCertificate({ bytes, digest: sha256, keys: config.keys });
		});
	}
}
