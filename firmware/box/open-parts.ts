/**
 * What of a box is open by now, and how it is closed: in an order of its own, which is not that of the opening. What
 * could not be opened whole leaves nothing behind that way, in a process that goes on.
 */
import { codeOf } from '../../runtime/error.ts';

export class OpenParts<Name extends string> {
	readonly #order: readonly Name[];
	readonly #steps = new Map<Name, () => unknown>();

	/** @param order in which they are closed */
	constructor(order: readonly Name[]) {
		this.#order = order;
	}

	/** @param close undefined where there is no such part */
	add(name: Name, close: (() => unknown) | undefined): void {
		if (close !== undefined) this.#steps.set(name, close);
	}

	/**
	 * What fails keeps none of the others from being closed, and what was closed is not closed again.
	 *
	 * @throws AggregateError of what has failed, once all of them were tried
	 */
	async close(): Promise<void> {
		const steps = this.#order.flatMap((name) => this.#steps.get(name) ?? []);
		this.#steps.clear();
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

	/** Closes what is open by then if the work fails. */
	async orClose<Result>(work: () => Promise<Result>): Promise<Result> {
		try {
			return await work();
		} catch (error) {
			// Why it did not open is what counts.
			await this.close().catch(() => undefined);
			throw error;
		}
	}
}
