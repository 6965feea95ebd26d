/** `Device.SoftwareModules.ExecutionUnit.{i}.`: the VMs. */
import { UspError } from '../error.ts';
import type { BudgetOverrun, VmLoad, VmStatus } from '../ports.ts';
import type { Call, Command, ObjectProvider, Params } from './provider.ts';
import { dateTimeOf } from './provider.ts';
import { wholeOf } from './recording.ts';
import { SoftwareModulePaths } from './software-module-paths.ts';
import type { SoftwareModulesOptions } from './software-modules.ts';

const statusText = {
	installed: 'Idle',
	starting: 'Starting',
	running: 'Active',
	// It wakes for whatever comes: nobody can tell that it sleeps.
	hibernated: 'Active',
	// It may not run for now.
	suspended: 'Idle',
	parked: 'Idle',
	stopping: 'Stopping',
	stopped: 'Idle',
} as const satisfies Record<VmStatus['state'], string>;

export function executionUnits(options: SoftwareModulesOptions): ObjectProvider {
	const { modules, vms, recorder } = options;
	const paths = new SoftwareModulePaths(options);

	async function unitOf({ at, objectPath }: Call): Promise<VmStatus> {
		const numbers = await paths.units();
		const unit = vms.list().find(({ id }) => numbers.get(id) === at[0]);
		if (unit === undefined) throw new UspError('object-does-not-exist', `there is no ${objectPath}`);
		return unit;
	}

	const setRequestedState: Command = {
		kind: 'sync',
		inputs: { RequestedState: { isRequired: true } },
		outputs: [],
		run: async (call) => {
			const wanted = call.args['RequestedState'];
			if (wanted !== 'Active' && wanted !== 'Idle')
				throw new UspError('invalid-command-arguments', `RequestedState is "${wanted}", not Active or Idle`);
			const unit = await unitOf(call);
			await modules.setState({ unit: unit.id, state: wanted === 'Active' ? 'active' : 'idle' });
			return {};
		},
	};
	const restart: Command = {
		kind: 'sync',
		inputs: {},
		outputs: [],
		run: async (call) => {
			const unit = await unitOf(call);
			// TR-369 "Execution Units": restarting is stopping and coming back to Active; one that is stopping has nothing to
			// come back to. Nor has one that was stopped for good (`unit-idle`); one that is parked or suspended has.
			if (unit.state === 'stopping')
				throw new UspError('invalid-environment-state', `${call.objectPath} is stopping`);
			await modules.restart({ unit: unit.id });
			return {};
		},
	};

	const record: Command = {
		kind: 'sync',
		inputs: { Turns: { otherwise: '0' } },
		outputs: ['Recording'],
		run: async (call) => {
			const turns = wholeOf(call.args, 'Turns');
			const unit = await unitOf(call);
			const { recording } = await recorder.begin({ unit: unit.id, turns });
			return { outputs: { Recording: recording } };
		},
	};

	const move: Command = {
		// A turn of it may take seconds.
		kind: 'async',
		inputs: { Cell: { isRequired: true }, Create: { otherwise: 'false' } },
		outputs: ['Cell'],
		run: async (call) => {
			const { Cell = '', Create } = call.args;
			const { id } = await unitOf(call);
			await modules.move({ unit: id, environment: Cell, create: Create === 'true' || Create === '1' });
			return { outputs: { Cell } };
		},
	};

	return {
		path: 'Device.SoftwareModules.ExecutionUnit.{i}.',
		uniqueKeys: [['EUID'], ['Alias']],
		commands: {
			'SetRequestedState()': setRequestedState,
			'Restart()': restart,
			'X_MULLION_Record()': record,
			'X_MULLION_Move()': move,
		},
		rows: async () => {
			await vms.count();
			const numbers = await paths.units();
			const environments = await paths.environments();
			const versions = new Map(modules.list().map((module) => [module.id, module]));
			return vms.list().flatMap((unit) => {
				const number = numbers.get(unit.id);
				if (number === undefined) return [];
				const cell = environments.get(unit.environment);
				const params = {
					EUID: unit.id,
					Alias: `cpe-${number}`,
					Name: unit.module,
					ExecEnvLabel: unit.id,
					Status: statusText[unit.state],
					ExecutionFaultCode: unit.state === 'parked' ? 'FailureWhileActive' : 'NoFault',
					ExecutionFaultMessage: unit.state === 'parked' ? unit.reason : '',
					AutoStart: unit.autoStart,
					Vendor: versions.get(unit.module)?.vendor ?? '',
					Version: versions.get(unit.module)?.version ?? '',
					// TR-181 counts memory in KiB.
					AllocatedMemory: Math.ceil(unit.memoryLimitBytes / 1024),
					MemoryInUse: Math.ceil(unit.memoryBytes / 1024),
					CPUPercentInUse: Math.round(unit.cpuPercent),
					CreationTime: dateTimeOf(unit.startedAt),
					ExecutionEnvRef: cell === undefined ? '' : `Device.SoftwareModules.ExecEnv.${cell}`,
					X_MULLION_State: unit.state,
					X_MULLION_Reason: unit.reason,
					X_MULLION_Vm: unit.vm,
					X_MULLION_Baseband: unit.baseband,
					X_MULLION_Restarts: unit.restarts,
					X_MULLION_Class: unit.priority,
					X_MULLION_Cell: unit.environment,
					...loadParams(unit.load),
					X_MULLION_Faults: JSON.stringify(unit.faults),
					X_MULLION_Overruns: JSON.stringify(unit.overruns.map(overrunOf)),
				};
				return [{ number, params }];
			});
		},
	};
}

function loadParams(load: VmLoad): Params {
	return {
		// Rates are differences between two reads over the time between their counts.
		X_MULLION_CountedAt: load.countedAt,
		X_MULLION_InboxLength: load.inboxLength,
		X_MULLION_InboxBytes: load.inboxBytes,
		X_MULLION_Turns: load.turns,
		X_MULLION_Events: load.events,
		X_MULLION_Sent: load.sent,
		X_MULLION_BusyUs: load.busyUs,
		X_MULLION_TurnP50Us: load.turnP50Us,
		X_MULLION_TurnP99Us: load.turnP99Us,
		X_MULLION_TurnMaxUs: load.turnMaxUs,
		X_MULLION_Dropped: load.dropped,
		X_MULLION_SetAside: load.setAside,
		X_MULLION_Late: load.late,
		X_MULLION_LatestUs: load.latestUs,
	};
}

function overrunOf({ budget, count, lastAt, detail }: BudgetOverrun) {
	return { Budget: budget, Count: count, Last: dateTimeOf(lastAt), Detail: detail };
}
