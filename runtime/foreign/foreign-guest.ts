/** The generic linker: foreign code and what it was granted become a guest like any other. */
import type { ServiceHost } from '../component/generated/service.ts';
import type { Guest } from '../component/link.ts';
import type { Entropy } from '../entropy.ts';
import type { VmSpec } from '../vm/cell-protocol.ts';
import { commandGuest } from './command-guest.ts';
import type { ForeignCode } from './foreign-code.ts';
import { type Instantiate, loadGlue } from './glue-script.ts';
import { httpGuest } from './http-guest.ts';
import { meteredGlobals } from './metered-globals.ts';
import { serviceGuest } from './service-guest.ts';
import { SharedTank } from './shared-tank.ts';

export interface ForeignOptions {
	readonly code: ForeignCode;
	readonly spec: Pick<VmSpec, 'topics' | 'budget' | 'clockStepUs'>;
	readonly host: ServiceHost;
	readonly mostBytes: number;
	readonly fuel: number;
}

/** What each kind of guest is made from. */
export interface ForeignParts extends ForeignOptions {
	readonly instantiate: Instantiate;
	readonly tank: SharedTank;
	readonly entropy: Entropy;
}

export type ForeignLinker = (options: ForeignOptions) => Guest;

export function foreignLinker(entropy: Entropy): ForeignLinker {
	return (options) => {
		const tank = new SharedTank(options);
		const globals = meteredGlobals((bytes) => tank.chargeBytes(bytes));
		const parts = { ...options, tank, entropy, instantiate: loadGlue(options.code.script, globals) };
		switch (options.code.world) {
			case 'service':
				return serviceGuest(parts);
			case 'command':
				return commandGuest(parts);
			case 'http':
				return httpGuest(parts);
		}
	};
}
