/** Targets of the signed repository that are modules. */
import type { Delivery } from '../../runtime/module/delivery.ts';
import { compareVersions } from '../../runtime/module/module-version.ts';
import type { Target } from '../update/target-view.ts';

/** Of URLs that name a target. */
export const scheme = 'tuf:';

/** What the repository says of the bytes, and the configuration that its operator has for them. */
export function deliveryOf({ path, sha256, custom }: Target): Pick<Delivery, 'digest' | 'url' | 'config'> {
	const { config } = custom;
	return {
		digest: sha256,
		url: `${scheme}${path}`,
		...(config === undefined ? {} : { config: config === null ? null : String(config) }),
	};
}

/** Of several the one with the highest version. */
export function newest(targets: readonly Target[]): Target | undefined {
	const versionOf = ({ custom }: Target): string => String(custom['version'] ?? '');
	return targets.toSorted((a, b) => compareVersions(versionOf(a), versionOf(b))).at(-1);
}
