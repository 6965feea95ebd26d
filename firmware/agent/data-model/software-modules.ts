/** `Device.SoftwareModules.`: the modules of the box, the VMs they run in, and how they come and go. */
import type { Clock } from '../../../runtime/clock.ts';
import type { InstanceNumbers } from '../instance-numbers.ts';
import type { ModuleManager, VmRecorder, VmView } from '../ports.ts';
import { deploymentUnits } from './deployment-units.ts';
import { executionEnvironments } from './execution-environments.ts';
import { executionUnits } from './execution-units.ts';
import { installDu } from './install-du.ts';
import { duStateChangeArgs } from './module-operation.ts';
import type { ObjectProvider } from './provider.ts';

export interface SoftwareModulesOptions {
	readonly modules: ModuleManager;
	readonly vms: VmView;
	readonly recorder: VmRecorder;
	readonly numbers: InstanceNumbers;
	readonly clock: Clock;
}

export function softwareModules(options: SoftwareModulesOptions): ObjectProvider[] {
	return [
		{
			path: 'Device.SoftwareModules.',
			read: () => ({}),
			commands: { 'InstallDU()': installDu(options) },
			events: { 'DUStateChange!': duStateChangeArgs },
		},
		executionEnvironments(options),
		deploymentUnits(options),
		executionUnits(options),
	];
}
