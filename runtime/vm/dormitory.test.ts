import test from 'ava';
import fc from 'fast-check';
import { type Bed, Dormitory } from './dormitory.ts';

test('whoever comes and leaves, all find what they have laid there, and it takes twice that at most', (t) => {
	const most = 65_536;
	const step = fc.oneof(
		fc.record({ lay: fc.integer({ min: 0, max: 9000 }), mark: fc.integer({ min: 0, max: 255 }) }),
		fc.record({ leave: fc.nat() }),
	);
	fc.assert(
		fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
			const dormitory = new Dormitory(most);
			const beds = new Map<Bed, Uint8Array>();
			for (const step of steps) {
				if ('lay' in step) {
					const bytes = new Uint8Array(step.lay).fill(step.mark);
					beds.set(dormitory.lay(bytes), bytes.slice());
					bytes.fill(0);
				} else if (beds.size > 0) {
					const bed = [...beds.keys()][step.leave % beds.size] as Bed;
					bed.leave();
					beds.delete(bed);
				}
				const laid = beds.values().reduce((sum, { length }) => sum + length, 0);
				if (dormitory.byteLength > Math.min(most, 2 * laid + 49_152)) return false;
			}
			return [...beds].every(([bed, bytes]) => Buffer.from(bed.bytes()).equals(bytes));
		}),
	);
	t.pass();
});

test('a bed that was left is left once', (t) => {
	const dormitory = new Dormitory();
	const bed = dormitory.lay(new Uint8Array(9).fill(1));
	const other = dormitory.lay(new Uint8Array(9).fill(2));
	bed.leave();
	bed.leave();
	t.true(bed.isLeft);
	t.deepEqual(other.bytes(), new Uint8Array(9).fill(2));
});
