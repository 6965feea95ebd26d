/** What a controller is told of: the inside of a Notify message, as it is kept on disk. */
import { type ObjectEvent, type Params, textOf } from './data-model/provider.ts';
import type { Fault } from './error.ts';

export type Notification =
	| {
			readonly kind: 'event';
			readonly objectPath: string;
			readonly name: string;
			readonly args: Readonly<Record<string, string>>;
	  }
	| {
			readonly kind: 'operation-complete';
			readonly objectPath: string;
			readonly name: string;
			readonly commandKey: string;
			readonly outcome: Outcome;
	  };

/** How a command ended. */
export type Outcome =
	| { readonly outputs: Readonly<Record<string, string>>; readonly fault?: undefined }
	| { readonly fault: Fault; readonly outputs?: undefined };

export function eventNotification({ objectPath, name, args }: ObjectEvent): Notification {
	return { kind: 'event', objectPath, name, args: textsOf(args) };
}

export function textsOf(params: Params): Record<string, string> {
	return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, textOf(value)]));
}
