/** What each configured controller is told of from the start, without having asked. */
import type { SubscriptionChange } from './subscription-settings.ts';

const modules = 'Device.SoftwareModules.';

export const defaultSubscriptions: readonly SubscriptionChange[] = [
	{
		id: 'mullion-modules',
		isEnabled: true,
		notifType: 'Event',
		references: [`${modules}DUStateChange!`],
		isPersistent: true,
		isRetried: true,
	},
	{
		id: 'mullion-operations',
		isEnabled: true,
		notifType: 'OperationComplete',
		references: [
			`${modules}InstallDU()`,
			`${modules}DeploymentUnit.*.Update()`,
			`${modules}DeploymentUnit.*.Uninstall()`,
		],
		isPersistent: true,
		isRetried: true,
	},
];
