---@meta

---@class kosmo.agora.acquire_recording_resource.start_parameter.storageConfig.extensionParams
---@field sse? ""|"kms"|"aes256"
---@field tag? string
---@field endpoint? string
---@field enableTag? boolean

---@class kosmo.agora.acquire_recording_resource.start_parameter.storageConfig
---@field vendor integer
---@field region? integer
---@field bucket string
---@field accessKey string
---@field secretKey string
---@field stsToken? string
---@field stsExpiration? integer
---@field fileNamePrefix? string[]
---@field extensionParams? kosmo.agora.acquire_recording_resource.start_parameter.storageConfig.extensionParams

---@class kosmo.agora.acquire_recording_resource.start_parameter.recordingConfig.transcodingConfig.layoutConfig
---@field uid? string
---@field x_axis number
---@field y_axis number
---@field width number
---@field height number
---@field alpha? number
---@field render_mode? 0|1

---@class kosmo.agora.acquire_recording_resource.start_parameter.recordingConfig.transcodingConfig.backgroundConfig
---@field uid string
---@field image_url string
---@field render_mode? 0|1

---@class kosmo.agora.acquire_recording_resource.start_parameter.recordingConfig.transcodingConfig
---@field width? integer
---@field height? integer
---@field fps? integer
---@field bitrate? integer
---@field maxResolutionUid? string
---@field mixedVideoLayout? 0|1|2|3
---@field backgroundColor? string
---@field backgroundImage? string
---@field defaultUserBackgroundImage? string
---@field layoutConfig? kosmo.agora.acquire_recording_resource.start_parameter.recordingConfig.transcodingConfig.layoutConfig[]
---@field backgroundConfig? kosmo.agora.acquire_recording_resource.start_parameter.recordingConfig.transcodingConfig.backgroundConfig[]

---@class kosmo.agora.acquire_recording_resource.start_parameter.recordingConfig
---@field channelType? 0|1
---@field decryptionMode? integer
---@field secret? string
---@field salt? string
---@field maxIdleTime? integer
---@field streamTypes? 0|1|2
---@field videoStreamType? 0|1
---@field subscribeAudioUids? string[]
---@field unsubscribeAudioUids? string[]
---@field unSubscribeAudioUids? string[]
---@field subscribeVideoUids? string[]
---@field unsubscribeVideoUids? string[]
---@field unSubscribeVideoUids? string[]
---@field subscribeUidGroup? integer
---For mode individual.
---@field streamMode? "default"|"standard"|"original"
---For mode mix.
---@field audioProfile? 0|1|2
---For mode mix.
---@field transcodingConfig? kosmo.agora.acquire_recording_resource.start_parameter.recordingConfig.transcodingConfig

---@class kosmo.agora.acquire_recording_resource.start_parameter.recordingFileConfig
---@field avFileType? ("hls"|"mp4")[]

---@class kosmo.agora.acquire_recording_resource.start_parameter.snapshotConfig
---@field captureInterval? integer
---@field fileType "jpg"[]

---@class kosmo.agora.acquire_recording_resource.start_parameter.extensionServiceConfig.extensionServices.serviceParam.outputs
---@field rtmpUrl string

---@class kosmo.agora.acquire_recording_resource.start_parameter.extensionServiceConfig.extensionServices.serviceParam.container
---@field format? string
---@field sampleRate? string
---@field bitrate? string
---@field channels? string

---@class kosmo.agora.acquire_recording_resource.start_parameter.extensionServiceConfig.extensionServices.serviceParam
---@field url? string
---@field audioProfile? 0|1|2
---@field videoWidth? integer
---@field videoHeight? integer
---@field maxRecordingHour? integer
---@field videoBitrate? integer
---@field videoFps? integer
---@field mobile? boolean
---@field maxVideoDuration? integer
---@field onhold? boolean
---@field readyTimeout? integer
---@field outputs? kosmo.agora.acquire_recording_resource.start_parameter.extensionServiceConfig.extensionServices.serviceParam.outputs[]
---@field container? kosmo.agora.acquire_recording_resource.start_parameter.extensionServiceConfig.extensionServices.serviceParam.container

---@class kosmo.agora.acquire_recording_resource.start_parameter.extensionServiceConfig.extensionServices
---@field serviceName string
---@field errorHandlePolicy? ""|"error_abort"|"error_ignore"
---@field streamTypes? 0|1|2
---@field serviceParam kosmo.agora.acquire_recording_resource.start_parameter.extensionServiceConfig.extensionServices.serviceParam

---@class kosmo.agora.acquire_recording_resource.start_parameter.extensionServiceConfig
---@field errorHandlePolicy? string
---@field apiVersion? string
---@field extensionServices kosmo.agora.acquire_recording_resource.start_parameter.extensionServiceConfig.extensionServices[]

---@class kosmo.agora.acquire_recording_resource.start_parameter.appsCollection
---@field combinationPolicy? string

---@class kosmo.agora.acquire_recording_resource.start_parameter.transcodeOptions.transConfig
---@field transMode? string

---@class kosmo.agora.acquire_recording_resource.start_parameter.transcodeOptions.container
---@field format? string

---@class kosmo.agora.acquire_recording_resource.start_parameter.transcodeOptions.audio
---@field sampleRate? string
---@field bitrate? string
---@field channels? string

---@class kosmo.agora.acquire_recording_resource.start_parameter.transcodeOptions
---@field transConfig? kosmo.agora.acquire_recording_resource.start_parameter.transcodeOptions.transConfig
---@field container? kosmo.agora.acquire_recording_resource.start_parameter.transcodeOptions.container
---@field audio? kosmo.agora.acquire_recording_resource.start_parameter.transcodeOptions.audio

---@class kosmo.agora.acquire_recording_resource.start_parameter
---@field token? string
---@field storageConfig? kosmo.agora.acquire_recording_resource.start_parameter.storageConfig
---For mode individual and mix.
---@field recordingConfig? kosmo.agora.acquire_recording_resource.start_parameter.recordingConfig
---@field recordingFileConfig? kosmo.agora.acquire_recording_resource.start_parameter.recordingFileConfig
---For mode individual.
---@field snapshotConfig? kosmo.agora.acquire_recording_resource.start_parameter.snapshotConfig
---For mode web.
---@field extensionServiceConfig? kosmo.agora.acquire_recording_resource.start_parameter.extensionServiceConfig
---@field appsCollection? kosmo.agora.acquire_recording_resource.start_parameter.appsCollection
---@field transcodeOptions? kosmo.agora.acquire_recording_resource.start_parameter.transcodeOptions

---@class kosmo.agora.acquire_recording_resource
---Name of the channel that is recorded.
---@field cname string|integer
---UID of the recorder in the channel: 1 to 4294967295, not used by a participant, the same in every call.
---@field uid string|integer
---0 channel (default), 1 web page, 2 individual recording to be mixed or transcoded later.
---@field scene? 0|1|2
---Hours from the start in which the recording can be queried, updated and stopped: 1 to 720 (default 72).
---@field resource_expired_hour? number
---clientRequest of the start that follows, announced early for better availability.
---@field start_parameter? kosmo.agora.acquire_recording_resource.start_parameter
---Agora's clientRequest as it is, for fields without a parameter here. Parameters win over fields of the same meaning.
---@field client_request? table<string, any>

---@class kosmo.agora.acquire_recording_resource.result
---as given
---@field cname? string
---as given
---@field uid? string
---valid for five minutes and for one session
---@field resourceId? string

---@class kosmo.agora.get_notification_ips

---@class kosmo.agora.get_notification_ips.result.data.service.hosts
---an IP address
---@field primaryIP? string

---@class kosmo.agora.get_notification_ips.result.data.service
---@field hosts? kosmo.agora.get_notification_ips.result.data.service.hosts[]

---@class kosmo.agora.get_notification_ips.result.data
---@field service? kosmo.agora.get_notification_ips.result.data.service

---@class kosmo.agora.get_notification_ips.result
---@field data? kosmo.agora.get_notification_ips.result.data

---@class kosmo.agora.query_recording
---resourceId from acquire_recording_resource.
---@field resource_id string|integer
---sid from start_recording.
---@field sid string|integer
---individual (a file for each user), mix (one file for all) or web (a web page).
---@field mode "individual"|"mix"|"web"

---@class kosmo.agora.query_recording.result.serverResponse.extensionServiceState.payload.fileList
---in the bucket
---@field filename? string
---@field sliceStartTime? integer

---@class kosmo.agora.query_recording.result.serverResponse.extensionServiceState.payload.outputs
---of the stream
---@field rtmpUrl? string
---connecting, publishing, onhold or disconnected
---@field status? string

---@class kosmo.agora.query_recording.result.serverResponse.extensionServiceState.payload
---init, inProgress or exit
---@field state? string
---@field onhold? boolean
---@field fileList? kosmo.agora.query_recording.result.serverResponse.extensionServiceState.payload.fileList[]
---uploaded, backuped (in Agora's backup cloud, uploaded later) or unknown
---@field uploadingStatus? string
---@field outputs? kosmo.agora.query_recording.result.serverResponse.extensionServiceState.payload.outputs[]

---@class kosmo.agora.query_recording.result.serverResponse.extensionServiceState
---web_recorder_service, upload_service or rtmp_publish_service
---@field serviceName? string
---@field payload? kosmo.agora.query_recording.result.serverResponse.extensionServiceState.payload

---@class kosmo.agora.query_recording.result.serverResponse
---5 is recording; the page of query_recording lists them
---@field status? integer
---individual mode: Unix milliseconds
---@field sliceStartTime? integer
---string or json: what fileList is
---@field fileListMode? string
---the name of the M3U8 file, or a list of files with fileName, trackType, uid and sliceStartTime
---@field fileList? any
---in web mode: the state of each service
---@field extensionServiceState? kosmo.agora.query_recording.result.serverResponse.extensionServiceState[]

---@class kosmo.agora.query_recording.result
---as given
---@field cname? string
---as given
---@field uid? string
---as given
---@field resourceId? string
---names the recording
---@field sid? string
---@field serverResponse? kosmo.agora.query_recording.result.serverResponse

---@class kosmo.agora.record.recording_config.transcodingConfig.layoutConfig
---@field uid? string
---@field x_axis number
---@field y_axis number
---@field width number
---@field height number
---@field alpha? number
---@field render_mode? 0|1

---@class kosmo.agora.record.recording_config.transcodingConfig.backgroundConfig
---@field uid string
---@field image_url string
---@field render_mode? 0|1

---@class kosmo.agora.record.recording_config.transcodingConfig
---@field width? integer
---@field height? integer
---@field fps? integer
---@field bitrate? integer
---@field maxResolutionUid? string
---@field mixedVideoLayout? 0|1|2|3
---@field backgroundColor? string
---@field backgroundImage? string
---@field defaultUserBackgroundImage? string
---@field layoutConfig? kosmo.agora.record.recording_config.transcodingConfig.layoutConfig[]
---@field backgroundConfig? kosmo.agora.record.recording_config.transcodingConfig.backgroundConfig[]

---@class kosmo.agora.record.recording_config
---@field channelType? 0|1
---@field decryptionMode? integer
---@field secret? string
---@field salt? string
---@field maxIdleTime? integer
---@field streamTypes? 0|1|2
---@field videoStreamType? 0|1
---@field subscribeAudioUids? string[]
---@field unsubscribeAudioUids? string[]
---@field unSubscribeAudioUids? string[]
---@field subscribeVideoUids? string[]
---@field unsubscribeVideoUids? string[]
---@field unSubscribeVideoUids? string[]
---@field subscribeUidGroup? integer
---For mode individual.
---@field streamMode? "default"|"standard"|"original"
---For mode mix.
---@field audioProfile? 0|1|2
---For mode mix.
---@field transcodingConfig? kosmo.agora.record.recording_config.transcodingConfig

---@class kosmo.agora.record.recording_file_config
---@field avFileType? ("hls"|"mp4")[]

---@class kosmo.agora.record.storage_config.extensionParams
---@field sse? ""|"kms"|"aes256"
---@field tag? string
---@field endpoint? string
---@field enableTag? boolean

---@class kosmo.agora.record.storage_config
---@field vendor integer
---@field region? integer
---@field bucket string
---@field accessKey string
---@field secretKey string
---@field stsToken? string
---@field stsExpiration? integer
---@field fileNamePrefix? string[]
---@field extensionParams? kosmo.agora.record.storage_config.extensionParams

---@class kosmo.agora.record.snapshot_config
---@field captureInterval? integer
---@field fileType "jpg"[]

---@class kosmo.agora.record.extension_service_config.extensionServices.serviceParam.outputs
---@field rtmpUrl string

---@class kosmo.agora.record.extension_service_config.extensionServices.serviceParam.container
---@field format? string
---@field sampleRate? string
---@field bitrate? string
---@field channels? string

---@class kosmo.agora.record.extension_service_config.extensionServices.serviceParam
---@field url? string
---@field audioProfile? 0|1|2
---@field videoWidth? integer
---@field videoHeight? integer
---@field maxRecordingHour? integer
---@field videoBitrate? integer
---@field videoFps? integer
---@field mobile? boolean
---@field maxVideoDuration? integer
---@field onhold? boolean
---@field readyTimeout? integer
---@field outputs? kosmo.agora.record.extension_service_config.extensionServices.serviceParam.outputs[]
---@field container? kosmo.agora.record.extension_service_config.extensionServices.serviceParam.container

---@class kosmo.agora.record.extension_service_config.extensionServices
---@field serviceName string
---@field errorHandlePolicy? ""|"error_abort"|"error_ignore"
---@field streamTypes? 0|1|2
---@field serviceParam kosmo.agora.record.extension_service_config.extensionServices.serviceParam

---@class kosmo.agora.record.extension_service_config
---@field errorHandlePolicy? string
---@field apiVersion? string
---@field extensionServices kosmo.agora.record.extension_service_config.extensionServices[]

---@class kosmo.agora.record
---individual (a file for each user), mix (one file for all) or web (a web page).
---@field mode "individual"|"mix"|"web"
---Name of the channel that is recorded.
---@field cname string|integer
---UID of the recorder in the channel: 1 to 4294967295, not used by a participant, the same in every call.
---@field uid string|integer
---RTC token of the recorder where the channel asks for one; cannot be renewed while recording.
---@field token? string|integer
---recordingConfig: channelType, streamTypes, maxIdleTime, subscriptions, transcodingConfig. For individual and mix.
---@field recording_config? kosmo.agora.record.recording_config
---recordingFileConfig: avFileType, {"hls"} or {"hls", "mp4"}.
---@field recording_file_config? kosmo.agora.record.recording_file_config
---storageConfig: vendor, region, bucket, accessKey, secretKey, fileNamePrefix.
---@field storage_config? kosmo.agora.record.storage_config
---snapshotConfig: captureInterval in seconds, fileType {"jpg"}. For individual.
---@field snapshot_config? kosmo.agora.record.snapshot_config
---extensionServiceConfig: the page to record, streams to push. For web.
---@field extension_service_config? kosmo.agora.record.extension_service_config
---Agora's clientRequest as it is, for fields without a parameter here. Parameters win over fields of the same meaning.
---@field client_request? table<string, any>
---0 channel (default), 1 web page, 2 individual recording to be mixed or transcoded later.
---@field scene? integer
---Hours from the start in which the recording can be queried, updated and stopped: 1 to 720 (default 72).
---@field resource_expired_hour? number

---@class kosmo.agora.record.result
---as given
---@field cname? string
---as given
---@field uid? string
---of the resource
---@field resource_id? string
---names the recording
---@field sid? string
---as given
---@field mode? string

---@class kosmo.agora.start_recording.recording_config.transcodingConfig.layoutConfig
---@field uid? string
---@field x_axis number
---@field y_axis number
---@field width number
---@field height number
---@field alpha? number
---@field render_mode? 0|1

---@class kosmo.agora.start_recording.recording_config.transcodingConfig.backgroundConfig
---@field uid string
---@field image_url string
---@field render_mode? 0|1

---@class kosmo.agora.start_recording.recording_config.transcodingConfig
---@field width? integer
---@field height? integer
---@field fps? integer
---@field bitrate? integer
---@field maxResolutionUid? string
---@field mixedVideoLayout? 0|1|2|3
---@field backgroundColor? string
---@field backgroundImage? string
---@field defaultUserBackgroundImage? string
---@field layoutConfig? kosmo.agora.start_recording.recording_config.transcodingConfig.layoutConfig[]
---@field backgroundConfig? kosmo.agora.start_recording.recording_config.transcodingConfig.backgroundConfig[]

---@class kosmo.agora.start_recording.recording_config
---@field channelType? 0|1
---@field decryptionMode? integer
---@field secret? string
---@field salt? string
---@field maxIdleTime? integer
---@field streamTypes? 0|1|2
---@field videoStreamType? 0|1
---@field subscribeAudioUids? string[]
---@field unsubscribeAudioUids? string[]
---@field unSubscribeAudioUids? string[]
---@field subscribeVideoUids? string[]
---@field unsubscribeVideoUids? string[]
---@field unSubscribeVideoUids? string[]
---@field subscribeUidGroup? integer
---For mode individual.
---@field streamMode? "default"|"standard"|"original"
---For mode mix.
---@field audioProfile? 0|1|2
---For mode mix.
---@field transcodingConfig? kosmo.agora.start_recording.recording_config.transcodingConfig

---@class kosmo.agora.start_recording.recording_file_config
---@field avFileType? ("hls"|"mp4")[]

---@class kosmo.agora.start_recording.storage_config.extensionParams
---@field sse? ""|"kms"|"aes256"
---@field tag? string
---@field endpoint? string
---@field enableTag? boolean

---@class kosmo.agora.start_recording.storage_config
---@field vendor integer
---@field region? integer
---@field bucket string
---@field accessKey string
---@field secretKey string
---@field stsToken? string
---@field stsExpiration? integer
---@field fileNamePrefix? string[]
---@field extensionParams? kosmo.agora.start_recording.storage_config.extensionParams

---@class kosmo.agora.start_recording.snapshot_config
---@field captureInterval? integer
---@field fileType "jpg"[]

---@class kosmo.agora.start_recording.extension_service_config.extensionServices.serviceParam.outputs
---@field rtmpUrl string

---@class kosmo.agora.start_recording.extension_service_config.extensionServices.serviceParam.container
---@field format? string
---@field sampleRate? string
---@field bitrate? string
---@field channels? string

---@class kosmo.agora.start_recording.extension_service_config.extensionServices.serviceParam
---@field url? string
---@field audioProfile? 0|1|2
---@field videoWidth? integer
---@field videoHeight? integer
---@field maxRecordingHour? integer
---@field videoBitrate? integer
---@field videoFps? integer
---@field mobile? boolean
---@field maxVideoDuration? integer
---@field onhold? boolean
---@field readyTimeout? integer
---@field outputs? kosmo.agora.start_recording.extension_service_config.extensionServices.serviceParam.outputs[]
---@field container? kosmo.agora.start_recording.extension_service_config.extensionServices.serviceParam.container

---@class kosmo.agora.start_recording.extension_service_config.extensionServices
---@field serviceName string
---@field errorHandlePolicy? ""|"error_abort"|"error_ignore"
---@field streamTypes? 0|1|2
---@field serviceParam kosmo.agora.start_recording.extension_service_config.extensionServices.serviceParam

---@class kosmo.agora.start_recording.extension_service_config
---@field errorHandlePolicy? string
---@field apiVersion? string
---@field extensionServices kosmo.agora.start_recording.extension_service_config.extensionServices[]

---@class kosmo.agora.start_recording
---resourceId from acquire_recording_resource.
---@field resource_id string|integer
---individual (a file for each user), mix (one file for all) or web (a web page).
---@field mode "individual"|"mix"|"web"
---Name of the channel that is recorded.
---@field cname string|integer
---UID of the recorder in the channel: 1 to 4294967295, not used by a participant, the same in every call.
---@field uid string|integer
---RTC token of the recorder where the channel asks for one; cannot be renewed while recording.
---@field token? string|integer
---recordingConfig: channelType, streamTypes, maxIdleTime, subscriptions, transcodingConfig. For individual and mix.
---@field recording_config? kosmo.agora.start_recording.recording_config
---recordingFileConfig: avFileType, {"hls"} or {"hls", "mp4"}.
---@field recording_file_config? kosmo.agora.start_recording.recording_file_config
---storageConfig: vendor, region, bucket, accessKey, secretKey, fileNamePrefix.
---@field storage_config? kosmo.agora.start_recording.storage_config
---snapshotConfig: captureInterval in seconds, fileType {"jpg"}. For individual.
---@field snapshot_config? kosmo.agora.start_recording.snapshot_config
---extensionServiceConfig: the page to record, streams to push. For web.
---@field extension_service_config? kosmo.agora.start_recording.extension_service_config
---Agora's clientRequest as it is, for fields without a parameter here. Parameters win over fields of the same meaning.
---@field client_request? table<string, any>

---@class kosmo.agora.start_recording.result
---as given
---@field cname? string
---as given
---@field uid? string
---as given
---@field resourceId? string
---names the recording
---@field sid? string

---@class kosmo.agora.stop_recording
---resourceId from acquire_recording_resource.
---@field resource_id string|integer
---sid from start_recording.
---@field sid string|integer
---individual (a file for each user), mix (one file for all) or web (a web page).
---@field mode "individual"|"mix"|"web"
---Name of the channel that is recorded.
---@field cname string|integer
---UID of the recorder in the channel: 1 to 4294967295, not used by a participant, the same in every call.
---@field uid string|integer
---true: answer at once. false (default): wait for the upload, which may take 20 s.
---@field async_stop? boolean
---Agora's clientRequest as it is, for fields without a parameter here. Parameters win over fields of the same meaning.
---@field client_request? table<string, any>

---@class kosmo.agora.stop_recording.result.serverResponse.extensionServiceState.payload.fileList
---in the bucket
---@field filename? string
---@field sliceStartTime? integer

---@class kosmo.agora.stop_recording.result.serverResponse.extensionServiceState.payload.outputs
---of the stream
---@field rtmpUrl? string
---connecting, publishing, onhold or disconnected
---@field status? string

---@class kosmo.agora.stop_recording.result.serverResponse.extensionServiceState.payload
---init, inProgress or exit
---@field state? string
---@field onhold? boolean
---@field fileList? kosmo.agora.stop_recording.result.serverResponse.extensionServiceState.payload.fileList[]
---uploaded, backuped (in Agora's backup cloud, uploaded later) or unknown
---@field uploadingStatus? string
---@field outputs? kosmo.agora.stop_recording.result.serverResponse.extensionServiceState.payload.outputs[]

---@class kosmo.agora.stop_recording.result.serverResponse.extensionServiceState
---web_recorder_service, upload_service or rtmp_publish_service
---@field serviceName? string
---@field payload? kosmo.agora.stop_recording.result.serverResponse.extensionServiceState.payload

---@class kosmo.agora.stop_recording.result.serverResponse
---uploaded, backuped (in Agora's backup cloud, uploaded later) or unknown
---@field uploadingStatus? string
---string or json: what fileList is
---@field fileListMode? string
---the name of the M3U8 file, or a list of files with fileName, trackType, uid and sliceStartTime
---@field fileList? any
---in web mode: the state of each service
---@field extensionServiceState? kosmo.agora.stop_recording.result.serverResponse.extensionServiceState[]
---why there are no files, where the answer names none; from kosmo
---@field message? string

---@class kosmo.agora.stop_recording.result
---as given
---@field cname? string
---as given
---@field uid? string
---as given
---@field resourceId? string
---names the recording
---@field sid? string
---435: nothing was recorded; 49: it was stopping already
---@field code? integer
---@field serverResponse? kosmo.agora.stop_recording.result.serverResponse

---@class kosmo.agora.update_recording.stream_subscribe.audioUidList
---@field subscribeAudioUids? string[]
---@field unsubscribeAudioUids? string[]
---@field unSubscribeAudioUids? string[]

---@class kosmo.agora.update_recording.stream_subscribe.videoUidList
---@field subscribeVideoUids? string[]
---@field unsubscribeVideoUids? string[]
---@field unSubscribeVideoUids? string[]

---@class kosmo.agora.update_recording.stream_subscribe
---@field audioUidList? kosmo.agora.update_recording.stream_subscribe.audioUidList
---@field videoUidList? kosmo.agora.update_recording.stream_subscribe.videoUidList

---@class kosmo.agora.update_recording.web_recorder_config
---@field onhold? boolean

---@class kosmo.agora.update_recording.rtmp_publish_config.outputs
---@field rtmpUrl string

---@class kosmo.agora.update_recording.rtmp_publish_config
---@field outputs? kosmo.agora.update_recording.rtmp_publish_config.outputs[]

---@class kosmo.agora.update_recording
---resourceId from acquire_recording_resource.
---@field resource_id string|integer
---sid from start_recording.
---@field sid string|integer
---individual (a file for each user), mix (one file for all) or web (a web page).
---@field mode "individual"|"mix"|"web"
---Name of the channel that is recorded.
---@field cname string|integer
---UID of the recorder in the channel: 1 to 4294967295, not used by a participant, the same in every call.
---@field uid string|integer
---streamSubscribe: audioUidList and videoUidList. For individual and mix.
---@field stream_subscribe? kosmo.agora.update_recording.stream_subscribe
---webRecordingConfig: onhold, true to pause and false to go on. For web.
---@field web_recorder_config? kosmo.agora.update_recording.web_recorder_config
---rtmpPublishConfig: outputs, a list of {rtmpUrl}. For web with streaming.
---@field rtmp_publish_config? kosmo.agora.update_recording.rtmp_publish_config
---Agora's clientRequest as it is, for fields without a parameter here. Parameters win over fields of the same meaning.
---@field client_request? table<string, any>

---@class kosmo.agora.update_recording.result
---as given
---@field cname? string
---as given
---@field uid? string
---as given
---@field resourceId? string
---names the recording
---@field sid? string

---@class kosmo.agora.update_recording_layout.layout_config
---@field uid? string
---@field x_axis number
---@field y_axis number
---@field width number
---@field height number
---@field alpha? number
---@field render_mode? 0|1

---@class kosmo.agora.update_recording_layout.background_config
---@field uid string
---@field image_url string
---@field render_mode? 0|1

---@class kosmo.agora.update_recording_layout
---resourceId from acquire_recording_resource.
---@field resource_id string|integer
---sid from start_recording.
---@field sid string|integer
---Name of the channel that is recorded.
---@field cname string|integer
---UID of the recorder in the channel: 1 to 4294967295, not used by a participant, the same in every call.
---@field uid string|integer
---0 floating, 1 adaptive, 2 vertical, 3 custom (with layout_config).
---@field mixed_video_layout? 0|1|2|3
---Colour behind the videos, for example "#000000".
---@field background_color? string|integer
---Up to 17 regions: {uid, x_axis, y_axis, width, height, alpha, render_mode}, as parts of the picture from 0 to 1.
---@field layout_config? kosmo.agora.update_recording_layout.layout_config[]
---Background images of single users: {uid, image_url, render_mode}.
---@field background_config? kosmo.agora.update_recording_layout.background_config[]
---URL of the image shown for users without video.
---@field default_user_background_image? string|integer
---Agora's clientRequest as it is, for fields without a parameter here. Parameters win over fields of the same meaning.
---@field client_request? table<string, any>

---@class kosmo.agora.update_recording_layout.result
---as given
---@field cname? string
---as given
---@field uid? string
---as given
---@field resourceId? string
---names the recording
---@field sid? string

---@class kosmo.agora.wait_for_recording
---resourceId from acquire_recording_resource.
---@field resource_id string|integer
---sid from start_recording.
---@field sid string|integer
---individual (a file for each user), mix (one file for all) or web (a web page).
---@field mode "individual"|"mix"|"web"
---Seconds to wait at most (default 120).
---@field timeout? number
---Not needed; accepted so that the table that record returns fits every function.
---@field cname? string|integer
---Not needed; accepted so that the table that record returns fits every function.
---@field uid? string|integer

---@class kosmo.agora.wait_for_recording.result.serverResponse.extensionServiceState.payload.fileList
---in the bucket
---@field filename? string
---@field sliceStartTime? integer

---@class kosmo.agora.wait_for_recording.result.serverResponse.extensionServiceState.payload.outputs
---of the stream
---@field rtmpUrl? string
---connecting, publishing, onhold or disconnected
---@field status? string

---@class kosmo.agora.wait_for_recording.result.serverResponse.extensionServiceState.payload
---init, inProgress or exit
---@field state? string
---@field onhold? boolean
---@field fileList? kosmo.agora.wait_for_recording.result.serverResponse.extensionServiceState.payload.fileList[]
---uploaded, backuped (in Agora's backup cloud, uploaded later) or unknown
---@field uploadingStatus? string
---@field outputs? kosmo.agora.wait_for_recording.result.serverResponse.extensionServiceState.payload.outputs[]

---@class kosmo.agora.wait_for_recording.result.serverResponse.extensionServiceState
---web_recorder_service, upload_service or rtmp_publish_service
---@field serviceName? string
---@field payload? kosmo.agora.wait_for_recording.result.serverResponse.extensionServiceState.payload

---@class kosmo.agora.wait_for_recording.result.serverResponse
---5 is recording; the page of query_recording lists them
---@field status? integer
---individual mode: Unix milliseconds
---@field sliceStartTime? integer
---string or json: what fileList is
---@field fileListMode? string
---the name of the M3U8 file, or a list of files with fileName, trackType, uid and sliceStartTime
---@field fileList? any
---in web mode: the state of each service
---@field extensionServiceState? kosmo.agora.wait_for_recording.result.serverResponse.extensionServiceState[]

---@class kosmo.agora.wait_for_recording.result
---as given
---@field cname? string
---as given
---@field uid? string
---as given
---@field resourceId? string
---names the recording
---@field sid? string
---@field serverResponse? kosmo.agora.wait_for_recording.result.serverResponse

---@class kosmo.agora.wait_for_upload
---resourceId from acquire_recording_resource.
---@field resource_id string|integer
---sid from start_recording.
---@field sid string|integer
---individual (a file for each user), mix (one file for all) or web (a web page).
---@field mode "individual"|"mix"|"web"
---Seconds to wait at most (default 300).
---@field timeout? number
---Not needed; accepted so that the table that record returns fits every function.
---@field cname? string|integer
---Not needed; accepted so that the table that record returns fits every function.
---@field uid? string|integer

---@class kosmo.agora.wait_for_upload.result.serverResponse.extensionServiceState.payload.fileList
---in the bucket
---@field filename? string
---@field sliceStartTime? integer

---@class kosmo.agora.wait_for_upload.result.serverResponse.extensionServiceState.payload.outputs
---of the stream
---@field rtmpUrl? string
---connecting, publishing, onhold or disconnected
---@field status? string

---@class kosmo.agora.wait_for_upload.result.serverResponse.extensionServiceState.payload
---init, inProgress or exit
---@field state? string
---@field onhold? boolean
---@field fileList? kosmo.agora.wait_for_upload.result.serverResponse.extensionServiceState.payload.fileList[]
---uploaded, backuped (in Agora's backup cloud, uploaded later) or unknown
---@field uploadingStatus? string
---@field outputs? kosmo.agora.wait_for_upload.result.serverResponse.extensionServiceState.payload.outputs[]

---@class kosmo.agora.wait_for_upload.result.serverResponse.extensionServiceState
---web_recorder_service, upload_service or rtmp_publish_service
---@field serviceName? string
---@field payload? kosmo.agora.wait_for_upload.result.serverResponse.extensionServiceState.payload

---@class kosmo.agora.wait_for_upload.result.serverResponse
---5 is recording; the page of query_recording lists them
---@field status? integer
---individual mode: Unix milliseconds
---@field sliceStartTime? integer
---string or json: what fileList is
---@field fileListMode? string
---the name of the M3U8 file, or a list of files with fileName, trackType, uid and sliceStartTime
---@field fileList? any
---in web mode: the state of each service
---@field extensionServiceState? kosmo.agora.wait_for_upload.result.serverResponse.extensionServiceState[]

---@class kosmo.agora.wait_for_upload.result
---as given
---@field cname? string
---as given
---@field uid? string
---as given
---@field resourceId? string
---names the recording
---@field sid? string
---@field serverResponse? kosmo.agora.wait_for_upload.result.serverResponse

---Record Agora channels and web pages to cloud storage: acquire, start, query, update and stop recordings.
---@class kosmo.agora
---@field default kosmo.agora
local agora = {}

---Get a resource ID, which one recording session needs to start.
---
---`resourceId`: valid for five minutes and for one session; start it within two seconds. `cname` and `uid` as given.
---@param args kosmo.agora.acquire_recording_resource
---@param options? kosmo.CallOptions
---@return kosmo.agora.acquire_recording_resource.result
function agora.acquire_recording_resource(args, options) end

---List the addresses from which Agora sends notifications, for the allowlist of a firewall.
---
---`data.service.hosts`: a list of `{primaryIP}`. The addresses move: ask at least every 24 hours.
---@param args? kosmo.agora.get_notification_ips
---@param options? kosmo.CallOptions
---@return kosmo.agora.get_notification_ips.result
function agora.get_notification_ips(args, options) end

---Ask for the status and the files of a recording that runs.
---
---`serverResponse.status`: 0 not started, 1 initialised, 2 starting, 3 partly ready, 4 ready, 5 recording, 6 stop requested, 7 stopped, 8 exited, 20 failed. `serverResponse.fileList`: a name or a list, as `fileListMode` says; filled some 15 s (mix) or 60 s (individual) after the start. In web mode `serverResponse.extensionServiceState` instead, whose files come at the end.
---@param args kosmo.agora.query_recording
---@param options? kosmo.CallOptions
---@return kosmo.agora.query_recording.result
function agora.query_recording(args, options) end

---Acquire a resource and start recording with it, in one call.
---
---`resource_id`, `sid`, `mode`, `cname` and `uid`, as `stop_recording`, `wait_for_recording` and `wait_for_upload` take them. It is made of `acquire_recording_resource` and `start_recording`, which are approved and logged as such.
---@param args kosmo.agora.record
---@param options? kosmo.CallOptions
---@return kosmo.agora.record.result
function agora.record(args, options) end

---Start recording with a resource ID from acquire_recording_resource.
---
---`sid`: the session, needed to query, update and stop it. `resourceId`, `cname` and `uid` as given.
---@param args kosmo.agora.start_recording
---@param options? kosmo.CallOptions
---@return kosmo.agora.start_recording.result
function agora.start_recording(args, options) end

---Stop a recording. Another one needs a new resource ID.
---
---`serverResponse.fileList` and `serverResponse.uploadingStatus`: uploaded, backuped (in Agora's backup cloud, uploaded later) or unknown. In web mode both stand in `serverResponse.extensionServiceState`. Where Agora sends a code alone, `fileList` is empty, `uploadingStatus` is unknown, and `serverResponse.message` says why. If no participant sent audio or video, `code` is 435. If the recording was already stopping, `code` is 49.
---@param args kosmo.agora.stop_recording
---@param options? kosmo.CallOptions
---@return kosmo.agora.stop_recording.result
function agora.stop_recording(args, options) end

---Change whom a running recording subscribes to, or pause and redirect a web recording.
---
---`resourceId`, `sid`, `cname` and `uid` as given. An update replaces the lists that it names.
---@param args kosmo.agora.update_recording
---@param options? kosmo.CallOptions
---@return kosmo.agora.update_recording.result
function agora.update_recording(args, options) end

---Change how a running mix recording arranges its videos.
---
---`resourceId`, `sid`, `cname` and `uid` as given. The new layout replaces the old one as a whole.
---@param args kosmo.agora.update_recording_layout
---@param options? kosmo.CallOptions
---@return kosmo.agora.update_recording_layout.result
function agora.update_recording_layout(args, options) end

---Wait until a recording that was started records.
---
---The answer of the `query_recording` that found `serverResponse.status` 4 or 5. It is made of such queries, after 1, 2, 3 and then every 5 s; a 404 is believed when it has lasted for 90 s.
---@param args kosmo.agora.wait_for_recording
---@param options? kosmo.CallOptions
---@return kosmo.agora.wait_for_recording.result
function agora.wait_for_recording(args, options) end

---Wait until the files of a recording that was stopped with async_stop are uploaded.
---
---The answer of the `query_recording` that found `uploadingStatus` uploaded, or backuped: in Agora's backup cloud, uploaded later. In web mode it stands in `serverResponse.extensionServiceState`. It is made of such queries, after 1, 2, 3 and then every 5 s; a 404 is believed when it has lasted for 90 s, at once when the recording was stopped from this machine.
---@param args kosmo.agora.wait_for_upload
---@param options? kosmo.CallOptions
---@return kosmo.agora.wait_for_upload.result
function agora.wait_for_upload(args, options) end

---@class kosmo.integrations
---@field agora kosmo.agora

---@class kosmo.app
---@field integrations kosmo.integrations
---The tools of MCP servers: `app.mcp.server.tool{}`. Which there are depends on the machine.
---@field mcp table<string, table<string, fun(args?: any, options?: kosmo.CallOptions): any>>

---@type kosmo.app
app = {}

---Options of a call.
---@class kosmo.CallOptions
---Seconds for the whole call.
---@field timeout? number
---Whether a failed request is sent again where that is safe.
---@field retry? boolean

---The error that a failed call raises. It prints as its message, and string methods work on it.
---@class kosmo.Error
---@field code string
---@field message string
---@field outcome "none"|"unknown"|"done"
---@field retryable boolean
---@field function_name? string
---@field status? integer
---@field hint? string
---The item of `parallel.map` or `parallel.all` that failed.
---@field index? integer
---@field [string] any

---A tool of an MCP server.
---@class kosmo.McpTool
---@field server string
---@field name string
---@field function string
---@field lua_path string
---@field description string
---@field operation "read"|"write"
---@field parameters table<string, any>[]
---@field schema table<string, any>

---@class kosmo.Outcome
---@field ok boolean
---@field value? any
---@field error? any

---@class kosmo.JsonDecodeOptions
---Whether nulls are kept as json.null; else they are absent.
---@field null? boolean

---@class kosmo.JsonEncodeOptions
---Whether to indent.
---@field pretty? boolean

---@class kosmo.ParallelOptions
---How many run at a time, 1 to 1000.
---@field limit? integer
---Whether to go on after an error: then each result is a kosmo.Outcome.
---@field settle? boolean

---What --input and --arg gave.
---@type any
input = {}

---The pages of the documentation, as text.
---@class kosmo.docs
docs = {}

---Returns the list of pages.
---@return string
function docs.list() end

---Returns a page.
---@param page string
---@return string
function docs.read(page) end

---Returns the pages that hold the words.
---@param words string
---@return string
function docs.search(words) end

---MCP servers, by names that a script computes.
---@class kosmo.mcp
mcp = {}

---Describes each server, by name.
---@return table<string, table<string, any>>
function mcp.servers() end

---Describes the tools of one server, or of every trusted one.
---@param server? string
---@return kosmo.McpTool[]
function mcp.tools(server) end

---Describes one tool.
---@param name string
---@return kosmo.McpTool
function mcp.schema(name) end

---Calls `server.tool`.
---@param name string
---@param args? table<string, any>
---@param options? kosmo.CallOptions
---@return any
function mcp.call(name, args, options) end

---Lists the resources of a server.
---@param server string
---@return table<string, any>[]
function mcp.resources(server) end

---Reads a resource.
---@param server string
---@param uri string
---@return table<string, any>
function mcp.read_resource(server, uri) end

---Lists the prompts of a server.
---@param server string
---@return table<string, any>[]
function mcp.prompts(server) end

---Fills in a prompt.
---@param server string
---@param name string
---@param args? table<string, any>
---@return table<string, any>
function mcp.get_prompt(server, name, args) end

---JSON, and marks for values that a Lua table alone cannot express.
---@class kosmo.json
---Stands for null, in what is encoded or sent.
---@field null userdata
json = {}

---Returns the value of a JSON text.
---@param text string
---@param options? kosmo.JsonDecodeOptions
---@return any
function json.decode(text, options) end

---Returns the JSON text of a value.
---@param value any
---@param options? kosmo.JsonEncodeOptions
---@return string
function json.encode(value, options) end

---Marks a table as an array, also when it is empty.
---@generic T: table
---@param value? T
---@return T
function json.array(value) end

---Marks a table as an object, also when it is empty.
---@generic T: table
---@param value? T
---@return T
function json.object(value) end

---Regular expressions of JavaScript. A group that took no part is false.
---@class kosmo.regex
regex = {}

---The whole match, then each group; named groups by name as well.
---@param text string
---@param pattern string
---@return table<integer|string, string|false>?
function regex.match(text, pattern) end

---The whole matches, then each group.
---@param text string
---@param pattern string
---@return table<integer|string, (string|false)[]>
function regex.match_all(text, pattern) end

---Returns the text with each match replaced, or the first `limit` matches.
---@param text string
---@param pattern string
---@param replacement string
---@param limit? integer
---@return string
function regex.gsub(text, pattern, replacement, limit) end

---Runs functions at the same time.
---@class kosmo.parallel
parallel = {}

---Calls fn for the items of a list and returns the results in their order.
---@generic T
---@param list T[]
---@param fn fun(item: T, index: integer): any
---@param options? kosmo.ParallelOptions
---@return any[]
function parallel.map(list, fn, options) end

---Calls the functions of a list and returns the results in their order.
---@param functions (fun(): any)[]
---@param options? kosmo.ParallelOptions
---@return any[]
function parallel.all(functions, options) end

---The older name of `docs.read`.
---@param page string
---@return string
function lua_read_doc(page) end

---Waits; fractions of a second are allowed.
---@param seconds number
function sleep(seconds) end

---Runs fn when the script ends, whatever ends it; the last one given runs first.
---@param fn fun()
function defer(fn) end

---Prints a value, tables written out, and returns it.
---@generic T
---@param value T
---@return T
function dump(value) end

---Declares description, input and calls of the script, at its top; returns the finished input.
---@param declaration table<string, any>
---@return table<string, any>
function workflow(declaration) end

---Writes a line to stderr at once, with the time since the start.
---@param ... any
function log(...) end

---Ends the script with exit code 0, 1 or 10 to 99; deferred functions run.
---@param code? integer|boolean
---@param result? any
function exit(code, result) end

---Closes a suspended or dead coroutine.
---@param co thread
---@return boolean
---@return any
function coroutine.close(co) end
