variable "name" {
  description = "Name of the secret."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts it."
  type        = string
}

variable "username" {
  description = "Who signs in."
  type        = string
}

variable "password" {
  description = "With which password, of letters and digits. It is kept in no state."
  type        = string
  ephemeral   = true
  sensitive   = true
}

variable "password_version" {
  description = "A higher number writes the secret again."
  type        = number
}

variable "address" {
  description = "Host and port of the database."
  type        = string
}

variable "database_name" {
  description = "The database."
  type        = string
}

variable "recovery_days" {
  description = "Days in which the secret's deletion can be taken back; 0: none."
  type        = number
}
