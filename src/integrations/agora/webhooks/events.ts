/** Names of Cloud Recording's events by `eventType` (ncs: table of events). Agora may add others. */
export const EVENT_NAMES: Readonly<Record<number, string>> = {
  1: 'cloud_recording_error',
  2: 'cloud_recording_warning',
  3: 'cloud_recording_status_update',
  4: 'cloud_recording_file_infos',
  11: 'session_exit',
  12: 'session_failover',
  13: 'high_availability_register_success',
  30: 'uploader_started',
  31: 'uploaded',
  32: 'backuped',
  33: 'uploading_progress',
  40: 'recorder_started',
  41: 'recorder_leave',
  42: 'recorder_slice_start',
  43: 'recorder_audio_stream_state_changed',
  44: 'recorder_video_stream_state_changed',
  45: 'recorder_snapshot_file',
  60: 'vod_started',
  61: 'vod_triggered',
  70: 'web_recorder_started',
  71: 'web_recorder_stopped',
  72: 'web_recorder_capability_limit',
  73: 'web_recorder_reload',
  80: 'transcoder_started',
  81: 'transcoder_completed',
  90: 'download_failed',
  100: 'rtmp_publish_status',
  1001: 'postpone_transcode_final_result',
};

/** `productId` of Cloud Recording. */
export const CLOUD_RECORDING = 3;

/** After these nothing records any more. Not 41: in a failover one recorder leaves and another goes on. */
export const ENDING_EVENTS: readonly number[] = [11, 71];
