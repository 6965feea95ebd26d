/** Faults of ranges of a disk as rules of QEMU's blkdebug, which knows single sectors only. */
import type { DiskFault } from './board.ts';
import { BoardError } from './board-error.ts';
import { sectorBytes } from './partition-table.ts';

/** A fault with its range found, in sectors. */
export interface SectorFault extends Pick<DiskFault, 'on' | 'isOnce'> {
	readonly range?: { readonly firstSector: number; readonly sectors: number };
}

export interface FaultRules {
	/** Requests are widened to blocks of this many bytes, so that one that touches a block covers its first sector. */
	readonly align: number;
	readonly rules: readonly FaultRule[];
}

export interface FaultRule {
	/** From the start on, at whatever happens. */
	readonly event: 'none';
	readonly iotype: 'read' | 'write' | 'write-zeroes' | 'flush';
	readonly errno: number;
	readonly once: boolean;
	/** Default: any. */
	readonly sector?: number;
}

const inputOutputError = 5;
/** Every request walks through all rules. */
const maxBlocks = 4096;
/** Largest block that requests are widened to, and read whole before a part of it is written. */
const maxAlign = 1024 * 1024;

/**
 * Exact to the sector: a block lies in a range or outside of it, never across its end.
 * @throws BoardError `bad-range`
 */
export function faultRules(faults: readonly SectorFault[]): FaultRules {
	for (const { range } of faults)
		if (range !== undefined && !(isCount(range.firstSector) && isCount(range.sectors) && range.sectors > 0))
			throw new BoardError('bad-range', `no range: ${range.sectors} sectors from ${range.firstSector}`);
	const align = blockBytes(faults);
	const perBlock = align / sectorBytes;
	const rules = faults.flatMap(({ on, range, isOnce = false }): FaultRule[] => {
		const rule = { event: 'none', errno: inputOutputError, once: isOnce } as const;
		// A flush is of the whole disk.
		if (range === undefined || on === 'flush') return kinds(on).map((iotype) => ({ ...rule, iotype }));
		return Array.from(
			{ length: range.sectors / perBlock },
			(_, block) => range.firstSector + block * perBlock,
		).flatMap((sector) => kinds(on).map((iotype) => ({ ...rule, iotype, sector })));
	});
	return { align, rules };
}

/** The rules as a file: as options of a command QEMU takes the square of their number in time. */
export function faultConfig({ rules }: FaultRules): string {
	return rules
		.map(({ event, iotype, errno, once, sector }) => {
			const options = {
				event,
				iotype,
				errno,
				once: once ? 'on' : 'off',
				...(sector !== undefined && { sector }),
			};
			const lines = Object.entries(options).map(([name, value]) => `${name} = "${value}"`);
			return ['[inject-error]', ...lines, ''].join('\n');
		})
		.join('');
}

/** A medium that takes no writes takes no zeros either, which a guest may ask for by a command of its own. */
function kinds(on: DiskFault['on']): FaultRule['iotype'][] {
	return on === 'write' ? ['write', 'write-zeroes'] : [on];
}

/** The smallest with which the rules are few enough. */
function blockBytes(faults: readonly SectorFault[]): number {
	const ranges = faults.flatMap(({ range, on }) => (range && on !== 'flush' ? [range] : []));
	for (let align = sectorBytes; align <= maxAlign; align *= 2) {
		const perBlock = align / sectorBytes;
		const fits = ranges.every(({ firstSector, sectors }) => (firstSector | sectors) % perBlock === 0);
		if (!fits) break;
		if (ranges.reduce((sum, { sectors }) => sum + sectors / perBlock, 0) <= maxBlocks) return align;
	}
	throw new BoardError(
		'bad-range',
		`too large for its alignment: begin and end on multiples of a larger power of two (at most ${maxBlocks} blocks)`,
	);
}

function isCount(value: number): boolean {
	// Beyond it the operators on bits would wrap around; it is a terabyte.
	return Number.isInteger(value) && value >= 0 && value < 2 ** 31;
}
