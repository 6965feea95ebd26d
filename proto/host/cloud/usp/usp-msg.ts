/** Written by `npm run generate` from cloud/usp/usp-msg.proto; do not edit. */
// biome-ignore-all format: generated
// biome-ignore-all lint/suspicious/noShadowRestrictedNames: the names are those of the contract
import { type Codec, codecsOf } from '../../codec.ts';

export const MsgType = {
	ERROR: 0,
	GET: 1,
	GET_RESP: 2,
	NOTIFY: 3,
	SET: 4,
	SET_RESP: 5,
	OPERATE: 6,
	OPERATE_RESP: 7,
	ADD: 8,
	ADD_RESP: 9,
	DELETE: 10,
	DELETE_RESP: 11,
	GET_SUPPORTED_DM: 12,
	GET_SUPPORTED_DM_RESP: 13,
	GET_INSTANCES: 14,
	GET_INSTANCES_RESP: 15,
	NOTIFY_RESP: 16,
	GET_SUPPORTED_PROTO: 17,
	GET_SUPPORTED_PROTO_RESP: 18,
	REGISTER: 19,
	REGISTER_RESP: 20,
	DEREGISTER: 21,
	DEREGISTER_RESP: 22,
} as const;
export type MsgType = number;

export const ObjectAccess = {
	OBJ_READ_ONLY: 0,
	OBJ_ADD_DELETE: 1,
	OBJ_ADD_ONLY: 2,
	OBJ_DELETE_ONLY: 3,
} as const;
export type ObjectAccess = number;

export const CommandType = {
	CMD_UNKNOWN: 0,
	CMD_SYNC: 1,
	CMD_ASYNC: 2,
} as const;
export type CommandType = number;

export const ParamAccess = {
	PARAM_READ_ONLY: 0,
	PARAM_READ_WRITE: 1,
	PARAM_WRITE_ONLY: 2,
} as const;
export type ParamAccess = number;

export const ParamType = {
	PARAM_UNKNOWN: 0,
	PARAM_BASE_64: 1,
	PARAM_BOOLEAN: 2,
	PARAM_DATE_TIME: 3,
	PARAM_DECIMAL: 4,
	PARAM_HEX_BINARY: 5,
	PARAM_INT: 6,
	PARAM_LONG: 7,
	PARAM_STRING: 8,
	PARAM_UNSIGNED_INT: 9,
	PARAM_UNSIGNED_LONG: 10,
} as const;
export type ParamType = number;

export const ValueChange = {
	VALUE_CHANGE_UNKNOWN: 0,
	VALUE_CHANGE_ALLOWED: 1,
	VALUE_CHANGE_WILL_IGNORE: 2,
} as const;
export type ValueChange = number;

export interface Msg {
	header?: Header;
	body?: Body;
}

export interface Header {
	msgId: string;
	msgType: MsgType;
}

export interface Body {
	/** Which one of its members is set. */
	msgBody?: 'request' | 'response' | 'error';
	request?: Request;
	response?: Response;
	error?: ErrorResponse;
}

export interface Request {
	/** Which one of its members is set. */
	reqType?: 'get' | 'getSupportedDm' | 'getInstances' | 'set' | 'add' | 'delete' | 'operate' | 'notify' | 'getSupportedProtocol' | 'register' | 'deregister';
	get?: GetRequest;
	getSupportedDm?: GetSupportedDmRequest;
	getInstances?: GetInstancesRequest;
	set?: SetRequest;
	add?: AddRequest;
	delete?: DeleteRequest;
	operate?: OperateRequest;
	notify?: NotifyRequest;
	getSupportedProtocol?: GetSupportedProtocolRequest;
	register?: RegisterRequest;
	deregister?: DeregisterRequest;
}

export interface Response {
	/** Which one of its members is set. */
	respType?: 'getResp' | 'getSupportedDmResp' | 'getInstancesResp' | 'setResp' | 'addResp' | 'deleteResp' | 'operateResp' | 'notifyResp' | 'getSupportedProtocolResp' | 'registerResp' | 'deregisterResp';
	getResp?: GetResponse;
	getSupportedDmResp?: GetSupportedDmResponse;
	getInstancesResp?: GetInstancesResponse;
	setResp?: SetResponse;
	addResp?: AddResponse;
	deleteResp?: DeleteResponse;
	operateResp?: OperateResponse;
	notifyResp?: NotifyResponse;
	getSupportedProtocolResp?: GetSupportedProtocolResponse;
	registerResp?: RegisterResponse;
	deregisterResp?: DeregisterResponse;
}

export interface ErrorResponse {
	errCode: number;
	errMsg: string;
	paramErrs: PathError[];
}

export interface PathError {
	paramPath: string;
	errCode: number;
	errMsg: string;
}

export interface GetRequest {
	paramPaths: string[];
	maxDepth: number;
}

export interface GetResponse {
	reqPathResults: RequestedPathResult[];
}

export interface RequestedPathResult {
	requestedPath: string;
	errCode: number;
	errMsg: string;
	resolvedPathResults: ResolvedPathResult[];
}

export interface ResolvedPathResult {
	resolvedPath: string;
	resultParams: { [key: string]: string };
}

export interface GetSupportedDmRequest {
	objPaths: string[];
	firstLevelOnly: boolean;
	returnCommands: boolean;
	returnEvents: boolean;
	returnParams: boolean;
	returnUniqueKeySets: boolean;
}

export interface GetSupportedDmResponse {
	reqObjResults: RequestedObjectResult[];
}

export interface RequestedObjectResult {
	reqObjPath: string;
	errCode: number;
	errMsg: string;
	dataModelInstUri: string;
	supportedObjs: SupportedObject[];
}

export interface SupportedObject {
	supportedObjPath: string;
	access: ObjectAccess;
	isMultiInstance: boolean;
	supportedCommands: SupportedCommand[];
	supportedEvents: SupportedEvent[];
	supportedParams: SupportedParam[];
	divergentPaths: string[];
	uniqueKeySets: SupportedUniqueKeySet[];
}

export interface SupportedCommand {
	commandName: string;
	inputArgNames: string[];
	outputArgNames: string[];
	commandType: CommandType;
}

export interface SupportedEvent {
	eventName: string;
	argNames: string[];
}

export interface SupportedParam {
	paramName: string;
	access: ParamAccess;
	valueType: ParamType;
	valueChange: ValueChange;
}

export interface SupportedUniqueKeySet {
	keyNames: string[];
}

export interface GetInstancesRequest {
	objPaths: string[];
	firstLevelOnly: boolean;
}

export interface GetInstancesResponse {
	reqPathResults: RequestedInstancesResult[];
}

export interface RequestedInstancesResult {
	requestedPath: string;
	errCode: number;
	errMsg: string;
	currInsts: CurrentInstance[];
}

export interface CurrentInstance {
	instantiatedObjPath: string;
	uniqueKeys: { [key: string]: string };
}

export interface GetSupportedProtocolRequest {
	controllerSupportedProtocolVersions: string;
}

export interface GetSupportedProtocolResponse {
	agentSupportedProtocolVersions: string;
}

export interface OperationFailure {
	errCode: number;
	errMsg: string;
}

export interface ParameterError {
	param: string;
	errCode: number;
	errMsg: string;
}

export interface ParamSetting {
	param: string;
	value: string;
	required: boolean;
}

export interface AddRequest {
	allowPartial: boolean;
	createObjs: CreateObject[];
}

export interface CreateObject {
	objPath: string;
	paramSettings: ParamSetting[];
}

export interface AddResponse {
	createdObjResults: CreatedObjectResult[];
}

export interface CreatedObjectResult {
	requestedPath: string;
	operStatus?: CreatedObjectStatus;
}

export interface CreatedObjectStatus {
	/** Which one of its members is set. */
	operStatus?: 'operFailure' | 'operSuccess';
	operFailure?: OperationFailure;
	operSuccess?: CreatedObject;
}

export interface CreatedObject {
	instantiatedPath: string;
	paramErrs: ParameterError[];
	uniqueKeys: { [key: string]: string };
}

export interface SetRequest {
	allowPartial: boolean;
	updateObjs: UpdateObject[];
}

export interface UpdateObject {
	objPath: string;
	paramSettings: ParamSetting[];
}

export interface SetResponse {
	updatedObjResults: UpdatedObjectResult[];
}

export interface UpdatedObjectResult {
	requestedPath: string;
	operStatus?: UpdatedObjectStatus;
}

export interface UpdatedObjectStatus {
	/** Which one of its members is set. */
	operStatus?: 'operFailure' | 'operSuccess';
	operFailure?: UpdateFailure;
	operSuccess?: UpdateSuccess;
}

export interface UpdateFailure {
	errCode: number;
	errMsg: string;
	updatedInstFailures: UpdatedInstanceFailure[];
}

export interface UpdatedInstanceFailure {
	affectedPath: string;
	paramErrs: ParameterError[];
}

export interface UpdateSuccess {
	updatedInstResults: UpdatedInstanceResult[];
}

export interface UpdatedInstanceResult {
	affectedPath: string;
	paramErrs: ParameterError[];
	updatedParams: { [key: string]: string };
}

export interface DeleteRequest {
	allowPartial: boolean;
	objPaths: string[];
}

export interface DeleteResponse {
	deletedObjResults: DeletedObjectResult[];
}

export interface DeletedObjectResult {
	requestedPath: string;
	operStatus?: DeletedObjectStatus;
}

export interface DeletedObjectStatus {
	/** Which one of its members is set. */
	operStatus?: 'operFailure' | 'operSuccess';
	operFailure?: OperationFailure;
	operSuccess?: DeletedObject;
}

export interface DeletedObject {
	affectedPaths: string[];
	unaffectedPathErrs: UnaffectedPathError[];
}

export interface UnaffectedPathError {
	unaffectedPath: string;
	errCode: number;
	errMsg: string;
}

export interface OperateRequest {
	command: string;
	commandKey: string;
	sendResp: boolean;
	inputArgs: { [key: string]: string };
}

export interface OperateResponse {
	operationResults: OperationResult[];
}

export interface OperationResult {
	/** Which one of its members is set. */
	operationResp?: 'reqObjPath' | 'reqOutputArgs' | 'cmdFailure';
	executedCommand: string;
	reqObjPath?: string;
	reqOutputArgs?: OutputArgs;
	cmdFailure?: OperationFailure;
}

export interface OutputArgs {
	outputArgs: { [key: string]: string };
}

export interface NotifyRequest {
	/** Which one of its members is set. */
	notification?: 'event' | 'valueChange' | 'objCreation' | 'objDeletion' | 'operComplete' | 'onBoardReq';
	subscriptionId: string;
	sendResp: boolean;
	event?: EventNotification;
	valueChange?: ValueChangeNotification;
	objCreation?: ObjectCreation;
	objDeletion?: ObjectDeletion;
	operComplete?: OperationComplete;
	onBoardReq?: OnBoardRequest;
}

export interface EventNotification {
	objPath: string;
	eventName: string;
	params: { [key: string]: string };
}

export interface ValueChangeNotification {
	paramPath: string;
	paramValue: string;
}

export interface ObjectCreation {
	objPath: string;
	uniqueKeys: { [key: string]: string };
}

export interface ObjectDeletion {
	objPath: string;
}

export interface OperationComplete {
	/** Which one of its members is set. */
	operationResp?: 'reqOutputArgs' | 'cmdFailure';
	objPath: string;
	commandName: string;
	commandKey: string;
	reqOutputArgs?: OutputArgs;
	cmdFailure?: OperationFailure;
}

export interface OnBoardRequest {
	oui: string;
	productClass: string;
	serialNumber: string;
	agentSupportedProtocolVersions: string;
}

export interface NotifyResponse {
	subscriptionId: string;
}

export interface RegisterRequest {
	allowPartial: boolean;
	regPaths: RegistrationPath[];
}

export interface RegistrationPath {
	path: string;
}

export interface RegisterResponse {
	registeredPathResults: RegisteredPathResult[];
}

export interface RegisteredPathResult {
	requestedPath: string;
	operStatus?: RegisteredPathStatus;
}

export interface RegisteredPathStatus {
	/** Which one of its members is set. */
	operStatus?: 'operFailure' | 'operSuccess';
	operFailure?: OperationFailure;
	operSuccess?: RegisteredPath;
}

export interface RegisteredPath {
	registeredPath: string;
}

export interface DeregisterRequest {
	paths: string[];
}

export interface DeregisterResponse {
	deregisteredPathResults: DeregisteredPathResult[];
}

export interface DeregisteredPathResult {
	requestedPath: string;
	operStatus?: DeregisteredPathStatus;
}

export interface DeregisteredPathStatus {
	/** Which one of its members is set. */
	operStatus?: 'operFailure' | 'operSuccess';
	operFailure?: OperationFailure;
	operSuccess?: DeregisteredPath;
}

export interface DeregisteredPath {
	deregisteredPath: string[];
}

const codec = codecsOf('{"nested":{"usp":{"nested":{"AddRequest":{"fields":{"allowPartial":{"type":"bool","id":1,"protoName":"allow_partial"},"createObjs":{"rule":"repeated","type":"CreateObject","id":2,"protoName":"create_objs"}}},"AddResponse":{"fields":{"createdObjResults":{"rule":"repeated","type":"CreatedObjectResult","id":1,"protoName":"created_obj_results"}}},"Body":{"oneofs":{"msgBody":{"oneof":["request","response","error"]}},"fields":{"request":{"type":"Request","id":1},"response":{"type":"Response","id":2},"error":{"type":"ErrorResponse","id":3}}},"CommandType":{"values":{"CMD_UNKNOWN":0,"CMD_SYNC":1,"CMD_ASYNC":2}},"CreateObject":{"fields":{"objPath":{"type":"string","id":1,"protoName":"obj_path"},"paramSettings":{"rule":"repeated","type":"ParamSetting","id":2,"protoName":"param_settings"}}},"CreatedObject":{"fields":{"instantiatedPath":{"type":"string","id":1,"protoName":"instantiated_path"},"paramErrs":{"rule":"repeated","type":"ParameterError","id":2,"protoName":"param_errs"},"uniqueKeys":{"keyType":"string","type":"string","id":3,"protoName":"unique_keys"}}},"CreatedObjectResult":{"fields":{"requestedPath":{"type":"string","id":1,"protoName":"requested_path"},"operStatus":{"type":"CreatedObjectStatus","id":2,"protoName":"oper_status"}}},"CreatedObjectStatus":{"oneofs":{"operStatus":{"oneof":["operFailure","operSuccess"]}},"fields":{"operFailure":{"type":"OperationFailure","id":1,"protoName":"oper_failure"},"operSuccess":{"type":"CreatedObject","id":2,"protoName":"oper_success"}}},"CurrentInstance":{"fields":{"instantiatedObjPath":{"type":"string","id":1,"protoName":"instantiated_obj_path"},"uniqueKeys":{"keyType":"string","type":"string","id":2,"protoName":"unique_keys"}}},"DeleteRequest":{"fields":{"allowPartial":{"type":"bool","id":1,"protoName":"allow_partial"},"objPaths":{"rule":"repeated","type":"string","id":2,"protoName":"obj_paths"}}},"DeleteResponse":{"fields":{"deletedObjResults":{"rule":"repeated","type":"DeletedObjectResult","id":1,"protoName":"deleted_obj_results"}}},"DeletedObject":{"fields":{"affectedPaths":{"rule":"repeated","type":"string","id":1,"protoName":"affected_paths"},"unaffectedPathErrs":{"rule":"repeated","type":"UnaffectedPathError","id":2,"protoName":"unaffected_path_errs"}}},"DeletedObjectResult":{"fields":{"requestedPath":{"type":"string","id":1,"protoName":"requested_path"},"operStatus":{"type":"DeletedObjectStatus","id":2,"protoName":"oper_status"}}},"DeletedObjectStatus":{"oneofs":{"operStatus":{"oneof":["operFailure","operSuccess"]}},"fields":{"operFailure":{"type":"OperationFailure","id":1,"protoName":"oper_failure"},"operSuccess":{"type":"DeletedObject","id":2,"protoName":"oper_success"}}},"DeregisterRequest":{"fields":{"paths":{"rule":"repeated","type":"string","id":1}}},"DeregisterResponse":{"fields":{"deregisteredPathResults":{"rule":"repeated","type":"DeregisteredPathResult","id":1,"protoName":"deregistered_path_results"}}},"DeregisteredPath":{"fields":{"deregisteredPath":{"rule":"repeated","type":"string","id":1,"protoName":"deregistered_path"}}},"DeregisteredPathResult":{"fields":{"requestedPath":{"type":"string","id":1,"protoName":"requested_path"},"operStatus":{"type":"DeregisteredPathStatus","id":2,"protoName":"oper_status"}}},"DeregisteredPathStatus":{"oneofs":{"operStatus":{"oneof":["operFailure","operSuccess"]}},"fields":{"operFailure":{"type":"OperationFailure","id":1,"protoName":"oper_failure"},"operSuccess":{"type":"DeregisteredPath","id":2,"protoName":"oper_success"}}},"ErrorResponse":{"fields":{"errCode":{"type":"fixed32","id":1,"protoName":"err_code"},"errMsg":{"type":"string","id":2,"protoName":"err_msg"},"paramErrs":{"rule":"repeated","type":"PathError","id":3,"protoName":"param_errs"}}},"EventNotification":{"fields":{"objPath":{"type":"string","id":1,"protoName":"obj_path"},"eventName":{"type":"string","id":2,"protoName":"event_name"},"params":{"keyType":"string","type":"string","id":3}}},"GetInstancesRequest":{"fields":{"objPaths":{"rule":"repeated","type":"string","id":1,"protoName":"obj_paths"},"firstLevelOnly":{"type":"bool","id":2,"protoName":"first_level_only"}}},"GetInstancesResponse":{"fields":{"reqPathResults":{"rule":"repeated","type":"RequestedInstancesResult","id":1,"protoName":"req_path_results"}}},"GetRequest":{"fields":{"paramPaths":{"rule":"repeated","type":"string","id":1,"protoName":"param_paths"},"maxDepth":{"type":"fixed32","id":2,"protoName":"max_depth"}}},"GetResponse":{"fields":{"reqPathResults":{"rule":"repeated","type":"RequestedPathResult","id":1,"protoName":"req_path_results"}}},"GetSupportedDmRequest":{"fields":{"objPaths":{"rule":"repeated","type":"string","id":1,"protoName":"obj_paths"},"firstLevelOnly":{"type":"bool","id":2,"protoName":"first_level_only"},"returnCommands":{"type":"bool","id":3,"protoName":"return_commands"},"returnEvents":{"type":"bool","id":4,"protoName":"return_events"},"returnParams":{"type":"bool","id":5,"protoName":"return_params"},"returnUniqueKeySets":{"type":"bool","id":6,"protoName":"return_unique_key_sets"}}},"GetSupportedDmResponse":{"fields":{"reqObjResults":{"rule":"repeated","type":"RequestedObjectResult","id":1,"protoName":"req_obj_results"}}},"GetSupportedProtocolRequest":{"fields":{"controllerSupportedProtocolVersions":{"type":"string","id":1,"protoName":"controller_supported_protocol_versions"}}},"GetSupportedProtocolResponse":{"fields":{"agentSupportedProtocolVersions":{"type":"string","id":1,"protoName":"agent_supported_protocol_versions"}}},"Header":{"fields":{"msgId":{"type":"string","id":1,"protoName":"msg_id"},"msgType":{"type":"MsgType","id":2,"protoName":"msg_type"}}},"Msg":{"fields":{"header":{"type":"Header","id":1},"body":{"type":"Body","id":2}}},"MsgType":{"values":{"ERROR":0,"GET":1,"GET_RESP":2,"NOTIFY":3,"SET":4,"SET_RESP":5,"OPERATE":6,"OPERATE_RESP":7,"ADD":8,"ADD_RESP":9,"DELETE":10,"DELETE_RESP":11,"GET_SUPPORTED_DM":12,"GET_SUPPORTED_DM_RESP":13,"GET_INSTANCES":14,"GET_INSTANCES_RESP":15,"NOTIFY_RESP":16,"GET_SUPPORTED_PROTO":17,"GET_SUPPORTED_PROTO_RESP":18,"REGISTER":19,"REGISTER_RESP":20,"DEREGISTER":21,"DEREGISTER_RESP":22}},"NotifyRequest":{"oneofs":{"notification":{"oneof":["event","valueChange","objCreation","objDeletion","operComplete","onBoardReq"]}},"fields":{"subscriptionId":{"type":"string","id":1,"protoName":"subscription_id"},"sendResp":{"type":"bool","id":2,"protoName":"send_resp"},"event":{"type":"EventNotification","id":3},"valueChange":{"type":"ValueChangeNotification","id":4,"protoName":"value_change"},"objCreation":{"type":"ObjectCreation","id":5,"protoName":"obj_creation"},"objDeletion":{"type":"ObjectDeletion","id":6,"protoName":"obj_deletion"},"operComplete":{"type":"OperationComplete","id":7,"protoName":"oper_complete"},"onBoardReq":{"type":"OnBoardRequest","id":8,"protoName":"on_board_req"}}},"NotifyResponse":{"fields":{"subscriptionId":{"type":"string","id":1,"protoName":"subscription_id"}}},"ObjectAccess":{"values":{"OBJ_READ_ONLY":0,"OBJ_ADD_DELETE":1,"OBJ_ADD_ONLY":2,"OBJ_DELETE_ONLY":3}},"ObjectCreation":{"fields":{"objPath":{"type":"string","id":1,"protoName":"obj_path"},"uniqueKeys":{"keyType":"string","type":"string","id":2,"protoName":"unique_keys"}}},"ObjectDeletion":{"fields":{"objPath":{"type":"string","id":1,"protoName":"obj_path"}}},"OnBoardRequest":{"fields":{"oui":{"type":"string","id":1},"productClass":{"type":"string","id":2,"protoName":"product_class"},"serialNumber":{"type":"string","id":3,"protoName":"serial_number"},"agentSupportedProtocolVersions":{"type":"string","id":4,"protoName":"agent_supported_protocol_versions"}}},"OperateRequest":{"fields":{"command":{"type":"string","id":1},"commandKey":{"type":"string","id":2,"protoName":"command_key"},"sendResp":{"type":"bool","id":3,"protoName":"send_resp"},"inputArgs":{"keyType":"string","type":"string","id":4,"protoName":"input_args"}}},"OperateResponse":{"fields":{"operationResults":{"rule":"repeated","type":"OperationResult","id":1,"protoName":"operation_results"}}},"OperationComplete":{"oneofs":{"operationResp":{"oneof":["reqOutputArgs","cmdFailure"]}},"fields":{"objPath":{"type":"string","id":1,"protoName":"obj_path"},"commandName":{"type":"string","id":2,"protoName":"command_name"},"commandKey":{"type":"string","id":3,"protoName":"command_key"},"reqOutputArgs":{"type":"OutputArgs","id":4,"protoName":"req_output_args"},"cmdFailure":{"type":"OperationFailure","id":5,"protoName":"cmd_failure"}}},"OperationFailure":{"fields":{"errCode":{"type":"fixed32","id":1,"protoName":"err_code"},"errMsg":{"type":"string","id":2,"protoName":"err_msg"}}},"OperationResult":{"oneofs":{"operationResp":{"oneof":["reqObjPath","reqOutputArgs","cmdFailure"]}},"fields":{"executedCommand":{"type":"string","id":1,"protoName":"executed_command"},"reqObjPath":{"type":"string","id":2,"protoName":"req_obj_path"},"reqOutputArgs":{"type":"OutputArgs","id":3,"protoName":"req_output_args"},"cmdFailure":{"type":"OperationFailure","id":4,"protoName":"cmd_failure"}}},"OutputArgs":{"fields":{"outputArgs":{"keyType":"string","type":"string","id":1,"protoName":"output_args"}}},"ParamAccess":{"values":{"PARAM_READ_ONLY":0,"PARAM_READ_WRITE":1,"PARAM_WRITE_ONLY":2}},"ParamSetting":{"fields":{"param":{"type":"string","id":1},"value":{"type":"string","id":2},"required":{"type":"bool","id":3}}},"ParamType":{"values":{"PARAM_UNKNOWN":0,"PARAM_BASE_64":1,"PARAM_BOOLEAN":2,"PARAM_DATE_TIME":3,"PARAM_DECIMAL":4,"PARAM_HEX_BINARY":5,"PARAM_INT":6,"PARAM_LONG":7,"PARAM_STRING":8,"PARAM_UNSIGNED_INT":9,"PARAM_UNSIGNED_LONG":10}},"ParameterError":{"fields":{"param":{"type":"string","id":1},"errCode":{"type":"fixed32","id":2,"protoName":"err_code"},"errMsg":{"type":"string","id":3,"protoName":"err_msg"}}},"PathError":{"fields":{"paramPath":{"type":"string","id":1,"protoName":"param_path"},"errCode":{"type":"fixed32","id":2,"protoName":"err_code"},"errMsg":{"type":"string","id":3,"protoName":"err_msg"}}},"RegisterRequest":{"fields":{"allowPartial":{"type":"bool","id":1,"protoName":"allow_partial"},"regPaths":{"rule":"repeated","type":"RegistrationPath","id":2,"protoName":"reg_paths"}}},"RegisterResponse":{"fields":{"registeredPathResults":{"rule":"repeated","type":"RegisteredPathResult","id":1,"protoName":"registered_path_results"}}},"RegisteredPath":{"fields":{"registeredPath":{"type":"string","id":1,"protoName":"registered_path"}}},"RegisteredPathResult":{"fields":{"requestedPath":{"type":"string","id":1,"protoName":"requested_path"},"operStatus":{"type":"RegisteredPathStatus","id":2,"protoName":"oper_status"}}},"RegisteredPathStatus":{"oneofs":{"operStatus":{"oneof":["operFailure","operSuccess"]}},"fields":{"operFailure":{"type":"OperationFailure","id":1,"protoName":"oper_failure"},"operSuccess":{"type":"RegisteredPath","id":2,"protoName":"oper_success"}}},"RegistrationPath":{"fields":{"path":{"type":"string","id":1}}},"Request":{"oneofs":{"reqType":{"oneof":["get","getSupportedDm","getInstances","set","add","delete","operate","notify","getSupportedProtocol","register","deregister"]}},"fields":{"get":{"type":"GetRequest","id":1},"getSupportedDm":{"type":"GetSupportedDmRequest","id":2,"protoName":"get_supported_dm"},"getInstances":{"type":"GetInstancesRequest","id":3,"protoName":"get_instances"},"set":{"type":"SetRequest","id":4},"add":{"type":"AddRequest","id":5},"delete":{"type":"DeleteRequest","id":6},"operate":{"type":"OperateRequest","id":7},"notify":{"type":"NotifyRequest","id":8},"getSupportedProtocol":{"type":"GetSupportedProtocolRequest","id":9,"protoName":"get_supported_protocol"},"register":{"type":"RegisterRequest","id":10},"deregister":{"type":"DeregisterRequest","id":11}}},"RequestedInstancesResult":{"fields":{"requestedPath":{"type":"string","id":1,"protoName":"requested_path"},"errCode":{"type":"fixed32","id":2,"protoName":"err_code"},"errMsg":{"type":"string","id":3,"protoName":"err_msg"},"currInsts":{"rule":"repeated","type":"CurrentInstance","id":4,"protoName":"curr_insts"}}},"RequestedObjectResult":{"fields":{"reqObjPath":{"type":"string","id":1,"protoName":"req_obj_path"},"errCode":{"type":"fixed32","id":2,"protoName":"err_code"},"errMsg":{"type":"string","id":3,"protoName":"err_msg"},"dataModelInstUri":{"type":"string","id":4,"protoName":"data_model_inst_uri"},"supportedObjs":{"rule":"repeated","type":"SupportedObject","id":5,"protoName":"supported_objs"}}},"RequestedPathResult":{"fields":{"requestedPath":{"type":"string","id":1,"protoName":"requested_path"},"errCode":{"type":"fixed32","id":2,"protoName":"err_code"},"errMsg":{"type":"string","id":3,"protoName":"err_msg"},"resolvedPathResults":{"rule":"repeated","type":"ResolvedPathResult","id":4,"protoName":"resolved_path_results"}}},"ResolvedPathResult":{"fields":{"resolvedPath":{"type":"string","id":1,"protoName":"resolved_path"},"resultParams":{"keyType":"string","type":"string","id":2,"protoName":"result_params"}}},"Response":{"oneofs":{"respType":{"oneof":["getResp","getSupportedDmResp","getInstancesResp","setResp","addResp","deleteResp","operateResp","notifyResp","getSupportedProtocolResp","registerResp","deregisterResp"]}},"fields":{"getResp":{"type":"GetResponse","id":1,"protoName":"get_resp"},"getSupportedDmResp":{"type":"GetSupportedDmResponse","id":2,"protoName":"get_supported_dm_resp"},"getInstancesResp":{"type":"GetInstancesResponse","id":3,"protoName":"get_instances_resp"},"setResp":{"type":"SetResponse","id":4,"protoName":"set_resp"},"addResp":{"type":"AddResponse","id":5,"protoName":"add_resp"},"deleteResp":{"type":"DeleteResponse","id":6,"protoName":"delete_resp"},"operateResp":{"type":"OperateResponse","id":7,"protoName":"operate_resp"},"notifyResp":{"type":"NotifyResponse","id":8,"protoName":"notify_resp"},"getSupportedProtocolResp":{"type":"GetSupportedProtocolResponse","id":9,"protoName":"get_supported_protocol_resp"},"registerResp":{"type":"RegisterResponse","id":10,"protoName":"register_resp"},"deregisterResp":{"type":"DeregisterResponse","id":11,"protoName":"deregister_resp"}}},"SetRequest":{"fields":{"allowPartial":{"type":"bool","id":1,"protoName":"allow_partial"},"updateObjs":{"rule":"repeated","type":"UpdateObject","id":2,"protoName":"update_objs"}}},"SetResponse":{"fields":{"updatedObjResults":{"rule":"repeated","type":"UpdatedObjectResult","id":1,"protoName":"updated_obj_results"}}},"SupportedCommand":{"fields":{"commandName":{"type":"string","id":1,"protoName":"command_name"},"inputArgNames":{"rule":"repeated","type":"string","id":2,"protoName":"input_arg_names"},"outputArgNames":{"rule":"repeated","type":"string","id":3,"protoName":"output_arg_names"},"commandType":{"type":"CommandType","id":4,"protoName":"command_type"}}},"SupportedEvent":{"fields":{"eventName":{"type":"string","id":1,"protoName":"event_name"},"argNames":{"rule":"repeated","type":"string","id":2,"protoName":"arg_names"}}},"SupportedObject":{"fields":{"supportedObjPath":{"type":"string","id":1,"protoName":"supported_obj_path"},"access":{"type":"ObjectAccess","id":2},"isMultiInstance":{"type":"bool","id":3,"protoName":"is_multi_instance"},"supportedCommands":{"rule":"repeated","type":"SupportedCommand","id":4,"protoName":"supported_commands"},"supportedEvents":{"rule":"repeated","type":"SupportedEvent","id":5,"protoName":"supported_events"},"supportedParams":{"rule":"repeated","type":"SupportedParam","id":6,"protoName":"supported_params"},"divergentPaths":{"rule":"repeated","type":"string","id":7,"protoName":"divergent_paths"},"uniqueKeySets":{"rule":"repeated","type":"SupportedUniqueKeySet","id":8,"protoName":"unique_key_sets"}}},"SupportedParam":{"fields":{"paramName":{"type":"string","id":1,"protoName":"param_name"},"access":{"type":"ParamAccess","id":2},"valueType":{"type":"ParamType","id":3,"protoName":"value_type"},"valueChange":{"type":"ValueChange","id":4,"protoName":"value_change"}}},"SupportedUniqueKeySet":{"fields":{"keyNames":{"rule":"repeated","type":"string","id":1,"protoName":"key_names"}}},"UnaffectedPathError":{"fields":{"unaffectedPath":{"type":"string","id":1,"protoName":"unaffected_path"},"errCode":{"type":"fixed32","id":2,"protoName":"err_code"},"errMsg":{"type":"string","id":3,"protoName":"err_msg"}}},"UpdateFailure":{"fields":{"errCode":{"type":"fixed32","id":1,"protoName":"err_code"},"errMsg":{"type":"string","id":2,"protoName":"err_msg"},"updatedInstFailures":{"rule":"repeated","type":"UpdatedInstanceFailure","id":3,"protoName":"updated_inst_failures"}}},"UpdateObject":{"fields":{"objPath":{"type":"string","id":1,"protoName":"obj_path"},"paramSettings":{"rule":"repeated","type":"ParamSetting","id":2,"protoName":"param_settings"}}},"UpdateSuccess":{"fields":{"updatedInstResults":{"rule":"repeated","type":"UpdatedInstanceResult","id":1,"protoName":"updated_inst_results"}}},"UpdatedInstanceFailure":{"fields":{"affectedPath":{"type":"string","id":1,"protoName":"affected_path"},"paramErrs":{"rule":"repeated","type":"ParameterError","id":2,"protoName":"param_errs"}}},"UpdatedInstanceResult":{"fields":{"affectedPath":{"type":"string","id":1,"protoName":"affected_path"},"paramErrs":{"rule":"repeated","type":"ParameterError","id":2,"protoName":"param_errs"},"updatedParams":{"keyType":"string","type":"string","id":3,"protoName":"updated_params"}}},"UpdatedObjectResult":{"fields":{"requestedPath":{"type":"string","id":1,"protoName":"requested_path"},"operStatus":{"type":"UpdatedObjectStatus","id":2,"protoName":"oper_status"}}},"UpdatedObjectStatus":{"oneofs":{"operStatus":{"oneof":["operFailure","operSuccess"]}},"fields":{"operFailure":{"type":"UpdateFailure","id":1,"protoName":"oper_failure"},"operSuccess":{"type":"UpdateSuccess","id":2,"protoName":"oper_success"}}},"ValueChange":{"values":{"VALUE_CHANGE_UNKNOWN":0,"VALUE_CHANGE_ALLOWED":1,"VALUE_CHANGE_WILL_IGNORE":2}},"ValueChangeNotification":{"fields":{"paramPath":{"type":"string","id":1,"protoName":"param_path"},"paramValue":{"type":"string","id":2,"protoName":"param_value"}}}}}}}');

export const Msg: Codec<Msg> = codec('usp.Msg');
export const Header: Codec<Header> = codec('usp.Header');
export const Body: Codec<Body> = codec('usp.Body');
export const Request: Codec<Request> = codec('usp.Request');
export const Response: Codec<Response> = codec('usp.Response');
export const ErrorResponse: Codec<ErrorResponse> = codec('usp.ErrorResponse');
export const PathError: Codec<PathError> = codec('usp.PathError');
export const GetRequest: Codec<GetRequest> = codec('usp.GetRequest');
export const GetResponse: Codec<GetResponse> = codec('usp.GetResponse');
export const RequestedPathResult: Codec<RequestedPathResult> = codec('usp.RequestedPathResult');
export const ResolvedPathResult: Codec<ResolvedPathResult> = codec('usp.ResolvedPathResult');
export const GetSupportedDmRequest: Codec<GetSupportedDmRequest> = codec('usp.GetSupportedDmRequest');
export const GetSupportedDmResponse: Codec<GetSupportedDmResponse> = codec('usp.GetSupportedDmResponse');
export const RequestedObjectResult: Codec<RequestedObjectResult> = codec('usp.RequestedObjectResult');
export const SupportedObject: Codec<SupportedObject> = codec('usp.SupportedObject');
export const SupportedCommand: Codec<SupportedCommand> = codec('usp.SupportedCommand');
export const SupportedEvent: Codec<SupportedEvent> = codec('usp.SupportedEvent');
export const SupportedParam: Codec<SupportedParam> = codec('usp.SupportedParam');
export const SupportedUniqueKeySet: Codec<SupportedUniqueKeySet> = codec('usp.SupportedUniqueKeySet');
export const GetInstancesRequest: Codec<GetInstancesRequest> = codec('usp.GetInstancesRequest');
export const GetInstancesResponse: Codec<GetInstancesResponse> = codec('usp.GetInstancesResponse');
export const RequestedInstancesResult: Codec<RequestedInstancesResult> = codec('usp.RequestedInstancesResult');
export const CurrentInstance: Codec<CurrentInstance> = codec('usp.CurrentInstance');
export const GetSupportedProtocolRequest: Codec<GetSupportedProtocolRequest> = codec('usp.GetSupportedProtocolRequest');
export const GetSupportedProtocolResponse: Codec<GetSupportedProtocolResponse> = codec('usp.GetSupportedProtocolResponse');
export const OperationFailure: Codec<OperationFailure> = codec('usp.OperationFailure');
export const ParameterError: Codec<ParameterError> = codec('usp.ParameterError');
export const ParamSetting: Codec<ParamSetting> = codec('usp.ParamSetting');
export const AddRequest: Codec<AddRequest> = codec('usp.AddRequest');
export const CreateObject: Codec<CreateObject> = codec('usp.CreateObject');
export const AddResponse: Codec<AddResponse> = codec('usp.AddResponse');
export const CreatedObjectResult: Codec<CreatedObjectResult> = codec('usp.CreatedObjectResult');
export const CreatedObjectStatus: Codec<CreatedObjectStatus> = codec('usp.CreatedObjectStatus');
export const CreatedObject: Codec<CreatedObject> = codec('usp.CreatedObject');
export const SetRequest: Codec<SetRequest> = codec('usp.SetRequest');
export const UpdateObject: Codec<UpdateObject> = codec('usp.UpdateObject');
export const SetResponse: Codec<SetResponse> = codec('usp.SetResponse');
export const UpdatedObjectResult: Codec<UpdatedObjectResult> = codec('usp.UpdatedObjectResult');
export const UpdatedObjectStatus: Codec<UpdatedObjectStatus> = codec('usp.UpdatedObjectStatus');
export const UpdateFailure: Codec<UpdateFailure> = codec('usp.UpdateFailure');
export const UpdatedInstanceFailure: Codec<UpdatedInstanceFailure> = codec('usp.UpdatedInstanceFailure');
export const UpdateSuccess: Codec<UpdateSuccess> = codec('usp.UpdateSuccess');
export const UpdatedInstanceResult: Codec<UpdatedInstanceResult> = codec('usp.UpdatedInstanceResult');
export const DeleteRequest: Codec<DeleteRequest> = codec('usp.DeleteRequest');
export const DeleteResponse: Codec<DeleteResponse> = codec('usp.DeleteResponse');
export const DeletedObjectResult: Codec<DeletedObjectResult> = codec('usp.DeletedObjectResult');
export const DeletedObjectStatus: Codec<DeletedObjectStatus> = codec('usp.DeletedObjectStatus');
export const DeletedObject: Codec<DeletedObject> = codec('usp.DeletedObject');
export const UnaffectedPathError: Codec<UnaffectedPathError> = codec('usp.UnaffectedPathError');
export const OperateRequest: Codec<OperateRequest> = codec('usp.OperateRequest');
export const OperateResponse: Codec<OperateResponse> = codec('usp.OperateResponse');
export const OperationResult: Codec<OperationResult> = codec('usp.OperationResult');
export const OutputArgs: Codec<OutputArgs> = codec('usp.OutputArgs');
export const NotifyRequest: Codec<NotifyRequest> = codec('usp.NotifyRequest');
export const EventNotification: Codec<EventNotification> = codec('usp.EventNotification');
export const ValueChangeNotification: Codec<ValueChangeNotification> = codec('usp.ValueChangeNotification');
export const ObjectCreation: Codec<ObjectCreation> = codec('usp.ObjectCreation');
export const ObjectDeletion: Codec<ObjectDeletion> = codec('usp.ObjectDeletion');
export const OperationComplete: Codec<OperationComplete> = codec('usp.OperationComplete');
export const OnBoardRequest: Codec<OnBoardRequest> = codec('usp.OnBoardRequest');
export const NotifyResponse: Codec<NotifyResponse> = codec('usp.NotifyResponse');
export const RegisterRequest: Codec<RegisterRequest> = codec('usp.RegisterRequest');
export const RegistrationPath: Codec<RegistrationPath> = codec('usp.RegistrationPath');
export const RegisterResponse: Codec<RegisterResponse> = codec('usp.RegisterResponse');
export const RegisteredPathResult: Codec<RegisteredPathResult> = codec('usp.RegisteredPathResult');
export const RegisteredPathStatus: Codec<RegisteredPathStatus> = codec('usp.RegisteredPathStatus');
export const RegisteredPath: Codec<RegisteredPath> = codec('usp.RegisteredPath');
export const DeregisterRequest: Codec<DeregisterRequest> = codec('usp.DeregisterRequest');
export const DeregisterResponse: Codec<DeregisterResponse> = codec('usp.DeregisterResponse');
export const DeregisteredPathResult: Codec<DeregisteredPathResult> = codec('usp.DeregisteredPathResult');
export const DeregisteredPathStatus: Codec<DeregisteredPathStatus> = codec('usp.DeregisteredPathStatus');
export const DeregisteredPath: Codec<DeregisteredPath> = codec('usp.DeregisteredPath');
