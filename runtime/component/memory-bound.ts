/** Sees to it that the memory of a module ends where its manifest says. */
import { Bytes, type Section, sectionsOf } from './bytes.ts';
import { ComponentError } from './error.ts';
import { concat, unsigned } from './instrument/leb.ts';

const memorySection = 5;
const hasMaximum = 1;
const preambleBytes = 8;

/**
 * The module with a maximum in its memory: its own, or where it declares none the one of its budget.
 *
 * Every memory reserves address space and may grow: without a maximum one module could take the box,
 * and how far it gets would depend on the box.
 *
 * @throws ComponentError `memory-unbounded`, `world-unknown`
 */
export function boundMemory(core: Uint8Array, mostPages: number): Uint8Array<ArrayBuffer> {
	const sections = [...sectionsOf(core)];
	const memory = sections.find(({ id }) => id === memorySection);
	if (memory === undefined) throw new ComponentError('world-unknown', 'the module has no memory of its own');
	const bytes = new Bytes(memory.body);
	const count = bytes.u32();
	if (count !== 1) throw unbounded(`the module has ${count} memories instead of one`);
	const flags = bytes.byte();
	if (flags > hasMaximum) throw unbounded('the memory must be 32-bit and unshared');
	const minimum = bytes.u32();
	const maximum = flags === hasMaximum ? bytes.u32() : mostPages;
	if (Math.max(minimum, maximum) > mostPages)
		throw unbounded(
			`the memory may grow to ${Math.max(minimum, maximum)} pages; the manifest's budget is ${mostPages}`,
		);
	if (flags === hasMaximum) return new Uint8Array(core);
	const bound = [1, hasMaximum, ...unsigned(minimum), ...unsigned(maximum), ...bytes.take(bytes.left)];
	const bounded = sections.map(
		(section): Section =>
			section === memory ? { id: memorySection, body: Uint8Array.from(bound) } : section,
	);
	return concat([
		core.subarray(0, preambleBytes),
		...bounded.flatMap(({ id, body }) => [[id, ...unsigned(body.length)], body]),
	]);
}

function unbounded(what: string): ComponentError {
	return new ComponentError('memory-unbounded', what);
}
