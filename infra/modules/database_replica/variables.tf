variable "name" {
  description = "Name of the replica."
  type        = string
}

variable "source_identifier" {
  description = "Name of the instance that is copied."
  type        = string
}

variable "instance_class" {
  description = "Size of the replica."
  type        = string
}

variable "security_group_id" {
  description = "Security group of the database."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts the data and performance figures."
  type        = string
}

variable "monitoring_role_arn" {
  description = "Role that reports the machine's figures."
  type        = string
}

variable "deletion_protection" {
  description = "Refuse to delete the replica."
  type        = bool
}
