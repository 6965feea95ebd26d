/** SHA-256 of the C library that Node brings: Web Crypto takes longer to load than all digests of a start. */
import { createHash, hash } from 'node:crypto';
import type { RunningDigest } from '../../runtime/capability/recordings/recording-files.ts';
import { type Hasher, sha256 } from '../../runtime/module/store-digest.ts';

/** What is larger would hold up this thread: Web Crypto has others for it. */
const largestHere = 262_144;

export const nodeSha256: Hasher = async (bytes) =>
	bytes.length > largestHere ? sha256(bytes) : hash('sha256', bytes);

/** SHA-256 of what comes piece by piece. */
export function runningSha256(): RunningDigest {
	const running = createHash('sha256');
	return {
		update: (bytes) => {
			running.update(bytes);
		},
		digest: () => running.digest('hex'),
	};
}
