/** Chooses the linker for a VM: the direct one, or the generic one for what that cannot link. */
import type { ServiceHost } from '../component/generated/service.ts';
import type { GuestImage } from '../component/guest-state.ts';
import { fuelFor } from '../component/instrument/fuel.ts';
import type { Lane } from '../component/lane/lane.ts';
import { type Guest, linkService } from '../component/link.ts';
import type { Slab } from '../component/slab.ts';
import type { ForeignLinker } from '../foreign/foreign-guest.ts';
import type { VmSpec } from './cell-protocol.ts';
import { VmError } from './error.ts';

/** A turn's effects are counted by their payloads; with records and topics around them they are larger. */
const copyMargin = 4;

/** The most events one turn is given. */
const mostEvents = 256;

/** A run of a program is a turn of its own, with the whole of its budget. */
export function eventsPerTurn({ foreign }: VmSpec): number {
	return foreign === undefined || foreign.world === 'service' ? mostEvents : 1;
}

export interface GuestOptions {
	readonly spec: VmSpec;
	readonly host: ServiceHost;
	readonly linkForeign: ForeignLinker | undefined;
	readonly lane: Lane | undefined;
	readonly slab: Slab | undefined;
	/** Where to go on; no foreign guest can. */
	readonly image: GuestImage | undefined;
}

/** @throws VmError `foreign`, and what the linkers throw */
export function guestOf({ spec, host, linkForeign, lane, slab, image }: GuestOptions): Guest {
	const { module, encoding, foreign, budget } = spec;
	const limits = { mostBytes: budget.effectBytesPerTurn * copyMargin, fuel: fuelFor(budget.turnMs) };
	if (foreign === undefined)
		return linkService({
			module,
			encoding,
			host,
			...limits,
			...(lane && { lane }),
			slab,
			// What is realtime is to be done before anything else is.
			canPause: spec.priority !== 'realtime',
			image,
		});
	if (linkForeign === undefined)
		throw new VmError('foreign', `${spec.name} is a foreign component, which this cell does not run`);
	if (image !== undefined)
		throw new VmError('foreign', `${spec.name} is a foreign component, of which no state can be taken`);
	return linkForeign({ code: foreign, spec, host, ...limits });
}
