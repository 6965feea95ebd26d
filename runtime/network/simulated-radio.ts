/** Networks that come and go as they are told: the double of `BasebandMonitor`. */
import type { BasebandMonitor, BasebandReport, BasebandWatch } from './baseband-monitor.ts';

export class SimulatedRadio implements BasebandMonitor {
	readonly #reports = new Map<string, BasebandReport>();
	readonly #watchers = new Set<(reports: readonly BasebandReport[]) => void>();

	constructor(reports: readonly BasebandReport[] = []) {
		for (const report of reports) {
			this.#reports.set(report.id, report);
		}
	}

	watch(onChange: (reports: readonly BasebandReport[]) => void): BasebandWatch {
		this.#watchers.add(onChange);
		onChange([...this.#reports.values()]);
		return { close: () => this.#watchers.delete(onChange) };
	}

	/** Adds a network or replaces what is reported of it. */
	put(report: BasebandReport): void {
		this.#reports.set(report.id, report);
		this.#tell();
	}

	/** Changes some of what is reported of a network that is there. */
	set(id: string, change: Partial<Omit<BasebandReport, 'id'>>): void {
		const report = this.#reports.get(id);
		if (report === undefined) {
			throw new RangeError(`no simulated network ${id}: put it first`);
		}
		this.put({ ...report, ...change });
	}

	/** Takes the network away, as when its adapter is pulled out. */
	remove(id: string): void {
		this.#reports.delete(id);
		this.#tell();
	}

	#tell(): void {
		const reports = [...this.#reports.values()];
		for (const onChange of [...this.#watchers]) {
			onChange(reports);
		}
	}
}
