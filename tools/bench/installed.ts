/** What a cell needs to start an installed component that is granted nothing beyond the bus. */
import { topicGrants } from '../../runtime/bus/policy.ts';
import type { PreparedComponent } from '../../runtime/component/prepare.ts';
import type { VmSpec } from '../../runtime/vm/cell-protocol.ts';

/** @param config the message that its manifest declares; default none */
export function specOf(
	{ manifest, module, encoding }: PreparedComponent,
	config: Uint8Array = new Uint8Array(0),
): VmSpec {
	return {
		name: manifest.name,
		module,
		encoding,
		priority: manifest.priority,
		budget: manifest.budget,
		topics: topicGrants(manifest),
		effects: [],
		config,
		baseband: '',
		log: { linesPerTurn: 64, bytesPerTurn: 16_384 },
		clockStepUs: 1,
	};
}
