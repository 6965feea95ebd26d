/** Whether the box does what it is there for: its modules run, its cells answer, its cloud can be reached. */
import type { Clock } from '../../runtime/clock.ts';
import type { VmView } from '../agent/ports.ts';
import type { Health } from '../slots/health.ts';

export interface BoxHealthOptions {
	readonly clock: Clock;
	readonly vms: Pick<VmView, 'list'>;
	/** Resolves once every cell has answered. */
	readonly cellsAnswer: () => Promise<void>;
	readonly isCloudReachable: () => boolean;
	/** Whether it has what it kept before; default true. */
	readonly hasData?: boolean;
	/** Whether the modules of the firmware could be put on the box; default true. */
	readonly hasModules?: boolean;
	/** How long a cell may take to answer; default 5 seconds. */
	readonly answerMs?: number;
}

/** Its problems: `module-` and the name of one that should run and does not, `cells`, `cloud`, `data`, `modules`. */
export function boxHealth(options: BoxHealthOptions): Health {
	const { clock, vms, cellsAnswer, isCloudReachable, answerMs = 5000 } = options;
	const { hasData = true, hasModules = true } = options;

	async function haveAnswered(): Promise<boolean> {
		const { promise: late, resolve } = Promise.withResolvers<false>();
		const timer = clock.after(answerMs, () => resolve(false));
		const answered = cellsAnswer().then(
			() => true,
			() => false,
		);
		const outcome = await Promise.race([answered, late]);
		timer.cancel();
		return outcome;
	}

	return {
		check: async () => {
			const problems = new Set<string>();
			for (const { module, autoStart, state } of vms.list()) {
				// One that was put to sleep wakes for whatever comes; one that may not run for now is none of its faults.
				if (autoStart && !['running', 'hibernated', 'suspended'].includes(state))
					problems.add(`module-${module}`);
			}
			if (!(await haveAnswered())) problems.add('cells');
			if (!isCloudReachable()) problems.add('cloud');
			if (!hasData) problems.add('data');
			if (!hasModules) problems.add('modules');
			return [...problems];
		},
	};
}
