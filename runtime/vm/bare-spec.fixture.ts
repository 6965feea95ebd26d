/** What a cell is told of a component that is granted the bus, a clock of microseconds and no more: for tests and figures. */
import { topicGrants } from '../bus/policy.ts';
import type { PreparedComponent } from '../component/prepare.ts';
import type { VmSpec } from './cell-protocol.ts';

/** @param change what is otherwise */
export function bareSpec(
	{
		manifest,
		module,
		encoding,
		foreign,
	}: Pick<PreparedComponent, 'manifest' | 'module' | 'encoding' | 'foreign'>,
	change: Partial<VmSpec> = {},
): VmSpec {
	return {
		name: manifest.name,
		module,
		encoding,
		...(foreign && { foreign }),
		priority: manifest.priority,
		budget: manifest.budget,
		topics: topicGrants(manifest),
		effects: [],
		config: manifest.config.bytes,
		baseband: '',
		log: { linesPerTurn: 64, bytesPerTurn: 16_384 },
		clockStepUs: 1,
		...change,
	};
}
