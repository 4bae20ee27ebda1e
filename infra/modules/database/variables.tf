variable "name" {
  description = "Name of the instance and prefix of what belongs to it."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets in two zones."
  type        = list(string)
}

variable "security_group_id" {
  description = "Security group that lets the tasks in and nobody else."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts the data, snapshots, logs and performance figures."
  type        = string
}

variable "password" {
  description = "The master password. It is sent to RDS and kept in no state."
  type        = string
  ephemeral   = true
  sensitive   = true
}

variable "password_version" {
  description = "A higher number has the password set again."
  type        = number
}

variable "instance_class" {
  description = "Size of the instance."
  type        = string
}

variable "engine_version" {
  description = "Version of Postgres, 17 or 17.x."
  type        = string
}

variable "multi_az" {
  description = "A standby in the other zone, which takes over within a minute or two."
  type        = bool
}

variable "allocated_gb" {
  description = "Storage at the start."
  type        = number
}

variable "max_allocated_gb" {
  description = "Storage up to which RDS grows it by itself."
  type        = number
}

variable "backup_days" {
  description = "How long the daily snapshots, and with them every moment in between, are kept."
  type        = number
}

variable "deletion_protection" {
  description = "Refuse to delete the instance, and keep a last snapshot when it is deleted after all."
  type        = bool
}

variable "log_retention_days" {
  description = "How long the server's log is kept."
  type        = number
}
