/** `Device.SoftwareModules.DeploymentUnit.{i}.`: the modules. */
import { UspError } from '../error.ts';
import type { ModuleStatus } from '../ports.ts';
import { checkedUrl } from './install-du.ts';
import { duStateChange, type ModuleOutcome } from './module-operation.ts';
import type { Call, Command, ObjectProvider } from './provider.ts';
import { dateTimeOf } from './provider.ts';
import { SoftwareModulePaths } from './software-module-paths.ts';
import type { SoftwareModulesOptions } from './software-modules.ts';

const statusText = {
	installing: 'Installing',
	installed: 'Installed',
	updating: 'Updating',
	uninstalling: 'Uninstalling',
	uninstalled: 'Uninstalled',
} as const satisfies Record<ModuleStatus['status'], string>;

export function deploymentUnits(options: SoftwareModulesOptions): ObjectProvider {
	const { modules } = options;
	const paths = new SoftwareModulePaths(options);
	return {
		path: 'Device.SoftwareModules.DeploymentUnit.{i}.',
		uniqueKeys: [['UUID', 'Version', 'ExecutionEnvRef'], ['Alias']],
		commands: { 'Update()': update(options), 'Uninstall()': uninstall(options) },
		rows: async () => {
			const numbers = await paths.modules();
			const rows = modules.list().map(async (module) => {
				const number = numbers.get(module.id);
				return number === undefined ? [] : [{ number, params: await paramsOf({ module, number, paths }) }];
			});
			return (await Promise.all(rows)).flat();
		},
	};
}

async function paramsOf(row: { module: ModuleStatus; number: number; paths: SoftwareModulePaths }) {
	const { module, number, paths } = row;
	return {
		UUID: module.uuid,
		DUID: module.id,
		Alias: `cpe-${number}`,
		Name: module.id,
		Status: statusText[module.status],
		Resolved: true,
		URL: module.url,
		Description: module.description,
		Vendor: module.vendor,
		Version: module.version,
		ModuleVersion: module.version,
		ExecutionUnitList: await paths.unitRefs(module.id),
		ExecutionEnvRef: await paths.environmentRef(module.environment),
		Installed: dateTimeOf(module.installedAt),
		LastUpdate: dateTimeOf(module.updatedAt),
		X_MULLION_Digest: module.digest ?? '',
	};
}

function update(options: SoftwareModulesOptions): Command {
	const { modules, clock } = options;
	const paths = new SoftwareModulePaths(options);
	return {
		kind: 'async',
		isResumable: true,
		inputs: { URL: {}, ModuleVersion: {} },
		outputs: ['UUID', 'Version'],
		run: async (call) => {
			const module = await moduleOf(call, options);
			const url = checkedUrl(call.args['URL'] || module.url);
			const version = call.args['ModuleVersion'] ?? '';
			// A restart between the end of the update and its record: it is done already.
			const isDone = call.isResumed && module.url === url && module.updatedAt >= call.acceptedAt;
			const updated = isDone
				? module
				: await modules.update({ id: module.id, url, version, signal: call.signal });
			const event = duStateChange({
				operation: 'Update',
				state: 'Installed',
				uuid: updated.uuid,
				version: updated.version,
				deploymentUnitRef: refOf(call),
				executionUnitRefs: await paths.unitRefs(updated.id),
				acceptedAt: call.acceptedAt,
				endedAt: clock.now(),
			});
			return { outputs: { UUID: updated.uuid, Version: updated.version }, events: [event] };
		},
		failureEvents: async (call, fault) => [
			duStateChange({ ...(await failureOf(call, options)), operation: 'Update', fault }),
		],
	};
}

function uninstall(options: SoftwareModulesOptions): Command {
	const { modules, clock } = options;
	return {
		kind: 'async',
		isResumable: true,
		inputs: { RetainData: { otherwise: 'false' } },
		outputs: [],
		run: async (call) => {
			const end = { operation: 'Uninstall', state: 'Uninstalled', deploymentUnitRef: refOf(call) } as const;
			const module = await findModule(call, options);
			// A restart between the end of the removal and its record: it is done already.
			if (module === undefined && call.isResumed)
				return { events: [duStateChange({ ...end, acceptedAt: call.acceptedAt, endedAt: clock.now() })] };
			const { id, uuid, version } = module ?? (await moduleOf(call, options));
			const retainData = call.args['RetainData'] === 'true' || call.args['RetainData'] === '1';
			await modules.uninstall({ id, retainData, signal: call.signal });
			const times = { acceptedAt: call.acceptedAt, endedAt: clock.now() };
			return { events: [duStateChange({ ...end, uuid, version, ...times })] };
		},
		failureEvents: async (call, fault) => [
			duStateChange({ ...(await failureOf(call, options)), operation: 'Uninstall', fault }),
		],
	};
}

async function findModule({ at }: Call, options: SoftwareModulesOptions): Promise<ModuleStatus | undefined> {
	const numbers = await new SoftwareModulePaths(options).modules();
	return options.modules.list().find(({ id }) => numbers.get(id) === at[0]);
}

async function moduleOf(call: Call, options: SoftwareModulesOptions): Promise<ModuleStatus> {
	const module = await findModule(call, options);
	if (module === undefined) throw new UspError('object-does-not-exist', `there is no ${call.objectPath}`);
	return module;
}

function refOf({ objectPath }: Call): string {
	return objectPath.slice(0, -1);
}

async function failureOf(
	call: Call,
	options: SoftwareModulesOptions,
): Promise<Omit<ModuleOutcome, 'operation'>> {
	const module = await findModule(call, options);
	return {
		state: 'Failed',
		uuid: module?.uuid ?? '',
		version: module?.version ?? '',
		deploymentUnitRef: refOf(call),
		acceptedAt: call.acceptedAt,
		endedAt: options.clock.now(),
	};
}
