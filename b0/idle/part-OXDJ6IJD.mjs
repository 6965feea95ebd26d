import{createRequire as $r}from'node:module';const require=$r(import.meta.url);process.noDeprecation=true;
var CodedError=class extends Error{name="CodedError";code;constructor(code,message,options){super(message,options),this.code=code}};function codeOf(error){return error instanceof CodedError?error.code:"internal"}export{CodedError,codeOf};
