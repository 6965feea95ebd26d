/** `Device.SoftwareModules.ExecEnv.{i}.`: the cells. */
import type { ModuleManager } from '../ports.ts';
import type { ObjectProvider } from './provider.ts';
import { SoftwareModulePaths } from './software-module-paths.ts';
import type { SoftwareModulesOptions } from './software-modules.ts';

const statusText = { up: 'Up', error: 'Error', disabled: 'Disabled', restarting: 'Restarting' } as const;

export function executionEnvironments(options: SoftwareModulesOptions): ObjectProvider {
	const modules: ModuleManager = options.modules;
	const paths = new SoftwareModulePaths(options);
	return {
		path: 'Device.SoftwareModules.ExecEnv.{i}.',
		uniqueKeys: [['Name'], ['Alias']],
		rows: async () => {
			const numbers = await paths.environments();
			return modules.environments().flatMap((cell) => {
				const number = numbers.get(cell.id);
				if (number === undefined) return [];
				const params = {
					Enable: cell.status !== 'disabled',
					Status: statusText[cell.status],
					Alias: `cpe-${number}`,
					Name: cell.id,
					Type: cell.type,
					Version: cell.version,
					// TR-181: -1 says that run levels are not supported.
					CurrentRunLevel: -1,
					RestartCount: cell.restarts,
				};
				return [{ number, params }];
			});
		},
	};
}
