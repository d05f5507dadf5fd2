import { errors } from '../error-text.ts';

/** Errors of the way to the server: its address, what answers there, and the token for it. */
export const clientErrors = errors({
  // --- reaching the server --------------------------------------------------------------------------------------
  ServerNotChosen: {
    status: 400,
    next: 'stalled',
    en: 'no server is named',
    zh: '没有指定服务器',
    action: 'LogIn',
  },
  TokenNotGiven: {
    status: 401,
    next: 'stalled',
    en: 'there is no access token for {server}',
    zh: '没有 {server} 的访问令牌',
    action: 'LogInTo',
  },
  ServerAddressInvalid: {
    status: 400,
    next: 'stalled',
    en: '{address} is not the address of a server: {problem:message}',
    zh: '{address} 不是服务器地址：{problem:message}',
    action: 'GiveServerAddress',
  },
  AuthorityFileUnusable: {
    status: 400,
    next: 'stalled',
    en: 'the certificate authority in {file} cannot be used: {problem:message}',
    zh: '{file} 中的证书颁发机构不能使用：{problem:message}',
    action: 'GivePemFile',
  },
  ServerUnreachable: {
    status: 503,
    next: 'transient',
    en: 'the server {server} cannot be reached: {problem:message}',
    zh: '无法访问服务器 {server}：{problem:message}',
    action: 'CheckServerRuns',
  },
  ServerNotTrusted: {
    status: 503,
    next: 'stalled',
    en: 'the certificate of {server} is not trusted: {problem:message}',
    zh: '{server} 的证书不可信：{problem:message}',
    action: 'GiveServerAuthority',
  },
  ServerNameMismatch: {
    status: 503,
    next: 'stalled',
    en: 'the certificate of {server} is for another name: {problem:message}',
    zh: '{server} 的证书是为别的名称签发的：{problem:message}',
    action: 'UseServerName',
  },
  ServerWithoutTls: {
    status: 503,
    next: 'stalled',
    en: 'what answers at {server} does not speak TLS',
    zh: '{server} 上应答的程序不使用 TLS',
    action: 'UseHttp',
  },
  ServerRedirects: {
    status: 502,
    next: 'stalled',
    en: 'the server {server} refers to {location}',
    zh: '服务器 {server} 指向 {location}',
    action: 'GiveApiAddress',
  },
  ServerAnswerUnclear: {
    status: 502,
    next: 'stalled',
    en: 'the answer of {server} is not one of Nautes: {problem:message}',
    zh: '{server} 的应答不是 Nautes 的：{problem:message}',
    action: 'CheckServerAddress',
  },
  ServerReplyInvalid: {
    status: 502,
    next: 'stalled',
    en: 'the reply of {server} ({reply}) does not have the form of the API: {problem}',
    zh: '{server} 的应答（{reply}）不符合 API 的格式：{problem}',
    action: 'CompareVersions',
  },
  ServerAnswersLate: {
    status: 504,
    next: 'transient',
    en: 'the server {server} did not answer within {seconds} s',
    zh: '服务器 {server} 在 {seconds} 秒内没有应答',
    action: 'LookBeforeRetry',
  },

  // --- where the token comes from -------------------------------------------------------------------------------
  ContextUnknown: {
    status: 404,
    next: 'stalled',
    en: 'there is no context {name}',
    zh: '没有上下文 {name}',
    action: 'ListContexts',
  },
  ContextFileExposed: {
    status: 500,
    next: 'stalled',
    en: 'the file {file} holds tokens and can be read by other users of this machine',
    zh: '文件 {file} 保存着令牌，却可被本机其他用户读取',
    action: 'RestrictFile',
  },
  ContextFileForeign: {
    status: 500,
    next: 'stalled',
    en: '{path} {problem:message}: no token is read from it or written to it',
    zh: '{path} {problem:message}：不从中读取令牌，也不向其写入令牌',
    action: 'OwnContextFile',
  },
  ContextFileInvalid: {
    status: 500,
    next: 'stalled',
    en: 'the file {file} cannot be used: {problem:message}',
    zh: '文件 {file} 不能使用：{problem:message}',
    action: 'CorrectContextFile',
  },
  TokenUnusable: {
    status: 400,
    next: 'stalled',
    en: 'that is no access token: {problem:message}',
    zh: '这不是访问令牌：{problem:message}',
    action: 'GiveToken',
  },
  TokenCommandFailed: {
    status: 401,
    next: 'stalled',
    en: 'the command {program} gave no token: {problem:message}',
    zh: '命令 {program} 没有给出令牌：{problem:message}',
    action: 'RunTokenCommand',
  },
});
