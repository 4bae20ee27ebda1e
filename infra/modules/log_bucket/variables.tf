variable "name" {
  description = "Name of the bucket."
  type        = string
}

variable "source_bucket_arn" {
  description = "Bucket whose access log comes here."
  type        = string
}

variable "retention_days" {
  description = "How long access logs are kept."
  type        = number
}

variable "force_destroy" {
  description = "Let the bucket be destroyed with logs in it."
  type        = bool
}
