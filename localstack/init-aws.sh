#!/bin/bash
# Makes the bucket, the queues and their dead-letter queue inside LocalStack, as local/aws.py does for the
# embedded stack. May be repeated: what exists keeps its content and gets the same attributes.
set -euo pipefail

export AWS_DEFAULT_REGION="${AWS_REGION:-us-east-1}"
bucket="${S3_BUCKET_NAME:-data-ingestion-bucket}"
queue="${SQS_QUEUE_NAME:-data-ingestion-queue}"
dead_letter_queue="${SQS_DEAD_LETTER_QUEUE_NAME:-${queue}_dlq}"
large_file_queue="${SQS_LARGE_FILE_QUEUE_NAME:-}" # only where a Lambda does the work

origins="${DASHBOARD_ORIGINS:-http://127.0.0.1:*,http://localhost:*}" # of pages that may send files to the bucket

visibility_seconds="${VISIBILITY_TIMEOUT_SECONDS:-300}"
retention_seconds=1209600 # 14 days, the longest that SQS keeps a message
max_receives=3 # of a message that ended its worker each time; attempts at a job are counted on the job
abort_after_days=7 # parts of uploads that nobody finished

if ! awslocal s3api head-bucket --bucket "$bucket" 2>/dev/null; then
  location=()
  if [ "$AWS_DEFAULT_REGION" != us-east-1 ]; then # which S3 does not take as a location
    location=(--create-bucket-configuration "LocationConstraint=$AWS_DEFAULT_REGION")
  fi
  awslocal s3api create-bucket --bucket "$bucket" "${location[@]}"
fi
awslocal s3api put-bucket-versioning --bucket "$bucket" --versioning-configuration Status=Enabled
awslocal s3api put-bucket-cors --bucket "$bucket" --cors-configuration "{\"CORSRules\": [{
  \"AllowedOrigins\": [\"${origins//,/\", \"}\"],
  \"AllowedMethods\": [\"PUT\"],
  \"AllowedHeaders\": [\"content-type\"],
  \"ExposeHeaders\": [\"ETag\"],
  \"MaxAgeSeconds\": 3600
}]}"
awslocal s3api put-bucket-lifecycle-configuration --bucket "$bucket" --lifecycle-configuration "{\"Rules\": [{
  \"ID\": \"abort-unfinished-uploads\",
  \"Status\": \"Enabled\",
  \"Filter\": {\"Prefix\": \"\"},
  \"AbortIncompleteMultipartUpload\": {\"DaysAfterInitiation\": $abort_after_days}
}]}"

# make_queue NAME ATTRIBUTES: prints its URL. Created without attributes: SQS refuses to create what exists with
# other ones.
make_queue() {
  local url
  url=$(awslocal sqs create-queue --queue-name "$1" --query QueueUrl --output text)
  awslocal sqs set-queue-attributes --queue-url "$url" --attributes "$2" >/dev/null
  echo "$url"
}

dead_letters=$(make_queue "$dead_letter_queue" "{\"MessageRetentionPeriod\": \"$retention_seconds\"}")
arn=$(awslocal sqs get-queue-attributes --queue-url "$dead_letters" --attribute-names QueueArn \
  --query Attributes.QueueArn --output text)

attributes="{
  \"VisibilityTimeout\": \"$visibility_seconds\",
  \"MessageRetentionPeriod\": \"$retention_seconds\",
  \"RedrivePolicy\": \"{\\\"deadLetterTargetArn\\\": \\\"$arn\\\", \\\"maxReceiveCount\\\": $max_receives}\"
}"
# The queue of jobs last: the health check of docker-compose.yml waits for it.
if [ -n "$large_file_queue" ]; then
  make_queue "$large_file_queue" "$attributes" >/dev/null
fi
make_queue "$queue" "$attributes" >/dev/null
echo "init-aws.sh: bucket $bucket, queues $queue${large_file_queue:+, $large_file_queue} and $dead_letter_queue are ready"
