/** Answers one message: to each kind of request its handler, to everything else an error or silence. */

import { type Msg, MsgType, type Request, type Response } from '../../../proto/host/cloud/usp/usp-msg.ts';
import type { Controllers } from '../controllers.ts';
import type { DataModel } from '../data-model/model.ts';
import { faultOf, UspError } from '../error.ts';
import { uspVersions } from '../records.ts';
import type { Requests } from '../requests.ts';
import { Turns } from '../turns.ts';
import { add } from './add.ts';
import { checkItems } from './answer-size.ts';
import { remove } from './delete.ts';
import { PartialError } from './edits.ts';
import { get } from './get.ts';
import { getInstances } from './get-instances.ts';
import { operate } from './operate.ts';
import { set } from './set.ts';

export interface DispatchOptions {
	readonly model: DataModel;
	readonly requests: Requests;
	readonly controllers: Controllers;
	readonly signal: AbortSignal;
}

export interface Answer {
	/** Undefined where the sender wants none. */
	readonly message: Msg | undefined;
	/** What is to be done once the answer is on its way. */
	readonly afterwards?: () => void;
}

type Kind = {
	readonly type: MsgType;
	readonly responseType: MsgType;
	readonly isIn: (request: Request) => boolean;
};

const kinds: readonly Kind[] = [
	{ type: MsgType.GET, responseType: MsgType.GET_RESP, isIn: ({ get }) => get !== undefined },
	{ type: MsgType.SET, responseType: MsgType.SET_RESP, isIn: ({ set }) => set !== undefined },
	{ type: MsgType.ADD, responseType: MsgType.ADD_RESP, isIn: ({ add }) => add !== undefined },
	{
		type: MsgType.DELETE,
		responseType: MsgType.DELETE_RESP,
		isIn: (request) => request.delete !== undefined,
	},
	{ type: MsgType.OPERATE, responseType: MsgType.OPERATE_RESP, isIn: ({ operate }) => operate !== undefined },
	{
		type: MsgType.GET_INSTANCES,
		responseType: MsgType.GET_INSTANCES_RESP,
		isIn: ({ getInstances }) => getInstances !== undefined,
	},
	{
		type: MsgType.GET_SUPPORTED_PROTO,
		responseType: MsgType.GET_SUPPORTED_PROTO_RESP,
		isIn: ({ getSupportedProtocol }) => getSupportedProtocol !== undefined,
	},
];

export class Dispatcher {
	readonly #options: DispatchOptions;
	// A plan holds only until the next change: changes are made one message at a time.
	readonly #edits = new Turns();

	constructor(options: DispatchOptions) {
		this.#options = options;
	}

	/** Answers a request; `message` has an id. */
	async answer(message: Msg, from: string): Promise<Answer> {
		const msgId = message.header?.msgId ?? '';
		try {
			const request = message.body?.request;
			const kind = kinds.find(({ isIn }) => request !== undefined && isIn(request));
			if (request === undefined || kind === undefined)
				throw new UspError(
					'message-not-supported',
					'this box answers Get, GetInstances, GetSupportedProtocol, Set, Add, Delete and Operate',
				);
			if (message.header?.msgType !== kind.type)
				throw new UspError('invalid-arguments', 'the type in the header is not that of the body');
			checkItems(request);
			const { response, isWanted = true, afterwards } = await this.#serve(request, from);
			const header = { msgId, msgType: kind.responseType };
			const answer = isWanted ? { header, body: { response } } : undefined;
			return { message: answer, ...(afterwards && { afterwards }) };
		} catch (error) {
			return { message: errorMessage(msgId, error) };
		}
	}

	async #serve(
		request: Request,
		from: string,
	): Promise<{ response: Response; isWanted?: boolean; afterwards?: () => void }> {
		const { model, requests, signal } = this.#options;
		const edit = { model, by: { endpointId: from } };
		if (request.get) return { response: { getResp: await get(request.get, model) } };
		if (request.getInstances)
			return { response: { getInstancesResp: await getInstances(request.getInstances, model) } };
		if (request.operate) {
			const operated = await operate(request.operate, { model, requests, from, signal });
			// R-OPR.4
			const isWanted = request.operate.sendResp;
			return { response: { operateResp: operated.response }, isWanted, afterwards: operated.begin };
		}
		const { add: added, set: changed, delete: removed } = request;
		if (added) return { response: { addResp: await this.#edits.run(() => add(added, edit)) } };
		if (changed) return { response: { setResp: await this.#edits.run(() => set(changed, edit)) } };
		if (removed) return { response: { deleteResp: await this.#edits.run(() => remove(removed, edit)) } };
		return { response: { getSupportedProtocolResp: { agentSupportedProtocolVersions: uspVersions } } };
	}
}

/** An Error message in answer to the request of this id. */
export function errorMessage(msgId: string, error: unknown): Msg {
	const { code, text } = faultOf(error, 'internal-error');
	const faults = error instanceof PartialError ? error.faults : [];
	const paramErrs = faults.map(({ path, fault }) => ({
		paramPath: path,
		errCode: fault.code,
		errMsg: fault.text,
	}));
	return {
		header: { msgId, msgType: MsgType.ERROR },
		body: { error: { errCode: code, errMsg: text, paramErrs } },
	};
}
