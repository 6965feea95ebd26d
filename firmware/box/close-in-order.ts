/** Ends one part of a box after the other; what fails keeps none of the others from ending. */
import { codeOf } from '../../runtime/error.ts';

/** @throws AggregateError of what has failed, once all of them were tried */
export async function closeInOrder(steps: readonly (() => unknown)[]): Promise<void> {
	const failures: unknown[] = [];
	for (const step of steps) {
		try {
			await step();
		} catch (error) {
			failures.push(error);
		}
	}
	if (failures.length > 0) throw new AggregateError(failures, failures.map(codeOf).join(', '));
}
