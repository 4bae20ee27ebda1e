variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "bucket_arn" {
  description = "The store."
  type        = string
}

variable "queue_arn" {
  description = "The queue that the dashboard sends to."
  type        = string
}

variable "dead_letter_queue_arn" {
  description = "The queue of dead letters."
  type        = string
}

variable "lambda" {
  description = "Where a Lambda leaves files that are too large for it, and its log groups; null: there is no Lambda."
  type = object({
    large_file_queue_arn = string
    log_group_arns       = list(string)
  })
}

variable "repository_arn" {
  description = "The registry's repository."
  type        = string
}

variable "database_secret_arn" {
  description = "The secret of DATABASE_URL."
  type        = string
}

variable "kms_key_arn" {
  description = "The key of files and secrets."
  type        = string
}

variable "task_log_group_arns" {
  description = "Log groups of the tasks."
  type        = list(string)
}

variable "traces" {
  description = "Let tasks and functions send traces to X-Ray."
  type        = bool
}
