variable "name" {
  description = "Name of the function that processes files."
  type        = string
}

variable "package" {
  description = "The zip file that `python -m infra.packaging` makes."
  type        = string
}

variable "package_bucket_name" {
  description = "Bucket that hands the package to Lambda, which takes at most 50 MB directly."
  type        = string
}

variable "role_arn" {
  description = "Role of both functions."
  type        = string
}

variable "environment" {
  description = "Environment variables; those of ingestion/settings.py, and where DATABASE_URL is kept."
  type        = map(string)
}

variable "subnet_ids" {
  description = "Private subnets."
  type        = list(string)
}

variable "security_group_id" {
  description = "Security group of what works in the background."
  type        = string
}

variable "queue_arn" {
  description = "The queue of jobs."
  type        = string
}

variable "memory_mb" {
  description = "Memory of each function."
  type        = number
}

variable "disk_mb" {
  description = "Disk for temporary files: a file takes 1.2 times its size, one file at a time."
  type        = number
}

variable "timeout_seconds" {
  description = "Longest that a batch may take; not above the queue's visibility timeout."
  type        = number
}

variable "batch_size" {
  description = "Messages handed over at once."
  type        = number
}

variable "batch_window_seconds" {
  description = "How long messages are collected for a batch."
  type        = number
}

variable "max_concurrency" {
  description = "Batches worked on at once."
  type        = number
}

variable "kms_key_arn" {
  description = "Key that encrypts the environment variables."
  type        = string
}

variable "traces" {
  description = "Have Lambda trace the calls itself, too."
  type        = bool
}
