/** Operate: calls a command on every object the path names. */

import type {
	OperateRequest,
	OperateResponse,
	OperationResult,
} from '../../../proto/host/cloud/usp/usp-msg.ts';
import type { DataModel } from '../data-model/model.ts';
import { parsePath } from '../data-model/path.ts';
import type { Command } from '../data-model/provider.ts';
import type { Place } from '../data-model/view.ts';
import { faultOf, UspError } from '../error.ts';
import { textsOf } from '../notification.ts';
import type { Requests } from '../requests.ts';

interface OperateOptions {
	readonly model: DataModel;
	readonly requests: Requests;
	/** Endpoint id of the caller. */
	readonly from: string;
	/** Ends synchronous commands when the agent stops. */
	readonly signal: AbortSignal;
}

export interface Operated {
	readonly response: OperateResponse;
	/** Starts the accepted asynchronous commands: to be called once the response is on its way. */
	readonly begin: () => void;
}

/** Errors, which are the whole message's: `invalid-path-syntax`, `invalid-path`, `object-does-not-exist`. */
export async function operate(request: OperateRequest, options: OperateOptions): Promise<Operated> {
	const path = parsePath(request.command);
	const { leaf } = path;
	const names = path.segments.map((segment) => (segment.kind === 'name' ? segment.name : '{i}'));
	const command = leaf === undefined ? undefined : options.model.node(names)?.provider?.commands?.[leaf];
	if (leaf === undefined || command === undefined)
		throw new UspError('invalid-path', `the box has no command "${request.command}"`);

	const operationResults: OperationResult[] = [];
	const begins: (() => void)[] = [];
	for (const place of await options.model.view().resolve(path)) {
		const { result, begin } = await call({ request, name: leaf, command, place, options });
		operationResults.push({ executedCommand: `${place.path}${leaf}`, ...result });
		if (begin !== undefined) begins.push(begin);
	}
	return {
		response: { operationResults },
		begin: () => {
			for (const begin of begins) begin();
		},
	};
}

interface CallOptions {
	readonly request: OperateRequest;
	readonly name: string;
	readonly command: Command;
	readonly place: Place;
	readonly options: OperateOptions;
}

type CallResult = { result: Omit<OperationResult, 'executedCommand'>; begin?: () => void };

// R-OPR.1: what one object's command fails with is a part of the answer, never an error of the message.
async function call({ request, name, command, place, options }: CallOptions): Promise<CallResult> {
	const { requests, from, signal } = options;
	const { at, path: objectPath } = place;
	try {
		const args = argumentsOf(command, request.inputArgs);
		if (command.kind === 'sync') {
			const acceptedAt = 0;
			const { outputs = {} } = await command.run({
				at,
				objectPath,
				args,
				commandKey: request.commandKey,
				originator: from,
				acceptedAt,
				isResumed: false,
				signal,
			});
			return { result: { reqOutputArgs: { outputArgs: textsOf(outputs) } } };
		}
		const { commandKey } = request;
		const accepted = { at, objectPath, args, command: name, commandKey, originator: from };
		const { number, begin } = await requests.accept(accepted, command);
		return { result: { reqObjPath: `Device.LocalAgent.Request.${number}` }, begin };
	} catch (error) {
		const { code, text } = faultOf(error);
		return { result: { cmdFailure: { errCode: code, errMsg: text } } };
	}
}

function argumentsOf({ inputs }: Command, given: Readonly<Record<string, string>>): Record<string, string> {
	const args = Object.entries(inputs).map(([name, { isRequired = false, otherwise = '' }]) => {
		const value = Object.hasOwn(given, name) ? given[name] : undefined;
		// R-OPR.5
		if (isRequired && (value === undefined || value === ''))
			throw new UspError('invalid-command-arguments', `the argument ${name} is missing`);
		return [name, value ?? otherwise];
	});
	return Object.fromEntries(args);
}
