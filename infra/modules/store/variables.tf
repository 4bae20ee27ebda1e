variable "name" {
  description = "Name of the bucket, the only one of its name in all of AWS."
  type        = string
}

variable "origin" {
  description = "The dashboard's, such as https://contacts.example.com: its pages send large files straight here."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts the files (AES-256)."
  type        = string
}

variable "infrequent_access_after_days" {
  description = "Age at which files move to STANDARD_IA."
  type        = number
}

variable "archive_after_days" {
  description = "Age at which files move to GLACIER_IR, where they are still read at once."
  type        = number
}

variable "old_versions_days" {
  description = "How long a replaced version is kept."
  type        = number
}

variable "abort_parts_after_days" {
  description = "When the parts of an upload that nobody finished are dropped."
  type        = number
}

variable "access_log" {
  description = "Bucket for the access log; null: none is kept."
  type        = object({ bucket_name = string })
}

variable "force_destroy" {
  description = "Let the bucket be destroyed with files in it."
  type        = bool
}
