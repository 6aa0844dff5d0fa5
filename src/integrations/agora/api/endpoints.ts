/** What can be asked of Agora: the last part of each path, and `ncsIp`. */
export type AgoraEndpoint = 'acquire' | 'start' | 'query' | 'update' | 'updateLayout' | 'stop' | 'ncsIp';
