/** `Device.SoftwareModules.InstallDU()`: puts a module on the box that is not there yet. */
import { UspError } from '../error.ts';
import { duStateChange } from './module-operation.ts';
import type { Call, Command, CommandResult } from './provider.ts';
import { SoftwareModulePaths } from './software-module-paths.ts';
import type { SoftwareModulesOptions } from './software-modules.ts';

export function installDu(options: SoftwareModulesOptions): Command {
	const { modules, clock } = options;
	const paths = new SoftwareModulePaths(options);

	async function install(
		call: Call,
	): Promise<{ id: string; uuid: string; version: string; environment: string }> {
		const url = checkedUrl(call.args['URL'] ?? '');
		const uuid = call.args['UUID'] ?? '';
		// A restart between the end of the installation and its record: it is done, not a duplicate.
		const done = modules.list().find((module) => module.url === url && module.status === 'installed');
		if (call.isResumed && done !== undefined) return done;
		return modules.install({
			url,
			uuid,
			version: call.args['ModuleVersion'] ?? '',
			environment: await environmentOf(call),
			signal: call.signal,
		});
	}

	async function environmentOf({ args }: Call): Promise<string> {
		const ref = args['ExecutionEnvRef'] ?? '';
		const environment = ref === '' ? '' : await paths.environmentOf(ref);
		if (environment === undefined)
			throw new UspError('unknown-environment', `ExecutionEnvRef "${ref}" is no ExecEnv of this box`);
		return environment;
	}

	return {
		kind: 'async',
		isResumable: true,
		inputs: {
			URL: { isRequired: true },
			UUID: {},
			ModuleVersion: {},
			ExecutionEnvRef: {},
		},
		outputs: ['UUID', 'Version', 'ExecEnvRef'],
		run: async (call): Promise<CommandResult> => {
			const { id, uuid, version, environment } = await install(call);
			const event = duStateChange({
				operation: 'Install',
				state: 'Installed',
				uuid,
				version,
				deploymentUnitRef: await paths.moduleRef(id),
				executionUnitRefs: await paths.unitRefs(id),
				acceptedAt: call.acceptedAt,
				endedAt: clock.now(),
			});
			const outputs = { UUID: uuid, Version: version, ExecEnvRef: await paths.environmentRef(environment) };
			return { outputs, events: [event] };
		},
		failureEvents: ({ args, acceptedAt }, fault) => [
			duStateChange({
				operation: 'Install',
				state: 'Failed',
				uuid: args['UUID'] ?? '',
				version: args['ModuleVersion'] ?? '',
				acceptedAt,
				endedAt: clock.now(),
				fault,
			}),
		],
	};
}

/** TR-181 InstallDU() URL: no credentials inside, they would end up in logs and in the data model. */
export function checkedUrl(url: string): string {
	if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(url))
		throw new UspError('invalid-arguments', 'the URL carries a user name or password; leave them out of it');
	return url;
}
