/** A module that firmware carries in its verified root, and what is to become of it where the box has another version. */

export const factoryPolicies = {
	keep: 'what the box has stays; only a box that never had the module gets it',
	newer:
		'what an earlier firmware gave is replaced; what the operator pushed only by a later version; what he removed stays removed',
	firmware:
		'the version of the firmware is what runs, whatever the operator pushed or removed before it came',
} as const;

export type FactoryPolicy = keyof typeof factoryPolicies;

export interface FactoryModule {
	readonly name: string;
	readonly version: string;
	/** SHA-256, lower-case hexadecimal. */
	readonly digest: string;
	readonly policy: FactoryPolicy;
	/** Where its component is. */
	readonly file: string;
	/** Its code as it runs, made by the platform of this same firmware; missing where that makes none by itself. */
	readonly code?: { readonly file: string; readonly memoryPages: number };
}

/** What stands before the URL of a module that firmware has put on the box. */
export const factoryScheme = 'factory:';

export function isFactoryPolicy(text: string): text is FactoryPolicy {
	return Object.hasOwn(factoryPolicies, text);
}
